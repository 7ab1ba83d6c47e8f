package org.etcdmirror.pairings.matrix;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One fault of one side at one stage. */
record Cell(Stage stage, Side side, Fault fault) {

  private static final Set<Stage> READ_SOURCE =
      EnumSet.of(Stage.SNAPSHOT, Stage.LIVE, Stage.RESYNC, Stage.VERIFY);

  /** All that can be. */
  static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      for (Side side : Side.values()) {
        for (Fault fault : Fault.values()) {
          Cell cell = new Cell(stage, side, fault);
          if (stage.concerns(side) && cell.isPossible()) {
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
      case NO_SPACE -> side == Side.SINK || stage == Stage.CUT_OVER;
      case COMPACTED ->
          side == Side.SOURCE ? READ_SOURCE.contains(stage) : stage == Stage.VERIFY;
      default -> true;
    };
  }

  @Override
  public String toString() {
    return stage + ", " + side + ", " + fault;
  }
}
