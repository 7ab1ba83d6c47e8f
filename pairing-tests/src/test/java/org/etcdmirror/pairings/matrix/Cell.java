package org.etcdmirror.pairings.matrix;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One fault of one side at one stage. */
record Cell(Api api, Stage stage, Side side, Fault fault) {

  private static final Set<Stage> READ_SOURCE =
      EnumSet.of(Stage.SNAPSHOT, Stage.LIVE, Stage.RESYNC, Stage.VERIFY);

  /** All that can be. */
  static List<Cell> all() {
    return Stream.of(Api.values()).flatMap(api -> all(api).stream()).toList();
  }

  private static List<Cell> all(Api api) {
    List<Cell> cells = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      for (Side side : Side.values()) {
        for (Fault fault : Fault.values()) {
          Cell cell = new Cell(api, stage, side, fault);
          if (stage.concerns(api, side) && cell.isPossible()) {
            cells.add(cell);
          }
        }
      }
    }
    return cells;
  }

  private boolean isPossible() {
    return switch (fault) {
      case ANSWER_LOST -> stage.begins(side, fault) != null;
      // Nothing else is written to a source.
      case NO_SPACE -> api == Api.V3 && (side == Side.SINK || stage == Stage.CUT_OVER);
      case COMPACTED -> side == Side.SOURCE ? READ_SOURCE.contains(stage) : stage == Stage.VERIFY;
      default -> true;
    };
  }

  /** Which of the requests at which the fault may begin is the one. */
  int request() {
    // A connection to v2 first reads all keys twice, to find out whether the source was put back.
    return api == Api.V2 && stage == Stage.RESYNC && side == Side.SOURCE ? 3 : 1;
  }

  /** Whether the mirror must report the fault before it ends. */
  boolean isReported() {
    return switch (stage) {
      case VERIFY -> fault.lasts();
      // The mirror ends before the link back is stored in the source.
      case CUT_OVER -> fault.lasts() && side == Side.SINK;
      // v2 goes on with another watch without a word.
      case LIVE -> fault != Fault.COMPACTED && fault != Fault.ANSWER_LOST;
      default -> fault != Fault.COMPACTED;
    };
  }

  @Override
  public String toString() {
    return api + ", " + stage + ", " + side + ", " + fault;
  }
}
