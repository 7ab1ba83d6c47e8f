package org.etcdmirror.pairings.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.etcdmirror.core.MirrorState;
import org.jspecify.annotations.Nullable;

/** Lets a fault happen at its stage, ends it, and checks what must be true in every cell. */
final class CellRun {

  /** How a report of a failure begins. */
  private static final List<String> SIDES = List.of("source", "sink", "index store");

  private static final Pattern LATE =
      Pattern.compile("no answer within|was not created in|timeout|timed out");

  private final Cell cell;
  private final Life life;
  private final Line line;

  CellRun(Cell cell, Life life) {
    this.cell = cell;
    this.life = life;
    this.line = life.line(cell.side());
  }

  Seen run() throws Exception {
    life.fill();
    cell.stage().prepare(life);
    reachStage();
    boolean closes = cell.stage() == Stage.CLOSE;
    if (closes) {
      closeNow();
    } else {
      awaitNoticed();
    }
    line.tap().set(null);
    cell.fault().end(line);
    Throwable failure = life.awaitCall();
    MirrorState before = life.state();
    Set<String> reports = reports();
    String recovery = cell.stage().goOn(life);
    MirrorState state = before;
    if (closes) {
      // Whether the close comes before or after the first report is a matter of chance.
      reports.clear();
    } else {
      reports.addAll(reports());
      reports.removeIf(this::isOfBusyMachine);
      state = life.alarms().gravest(before, !reports.isEmpty());
    }
    life.assertNothingLost();
    life.assertLeavesNothing();
    return new Seen(cell, state, sides(reports), result(failure), recovery, reports);
  }

  private boolean beginFault() throws Exception {
    life.alarms().clear();
    cell.fault().begin(line);
    return true;
  }

  private void reachStage() throws Exception {
    Asked at = cell.stage().begins(cell.side(), cell.fault());
    if (at == null) {
      beginFault();
      if (cell.side() == Side.SINK || !cell.fault().stopsTheServer() || isStart()) {
        cell.stage().act(life);
      }
      return;
    }
    Trap trap = new Trap(cell, at, this::beginFault);
    line.tap().set(trap);
    cell.stage().act(life);
    Life.eventually(
        cell.stage().toString(),
        () -> {
          // In this order: a failure that the fault has caused comes after it.
          if (life.callHasFailed() && !trap.isSpringing()) {
            cell.stage().act(life);
          }
          return trap.hasSprung();
        });
  }

  /** Whether what leads to the fault needs no server. */
  private boolean isStart() {
    return cell.stage() == Stage.CONNECT;
  }

  private void closeNow() {
    life.mirror().close();
    assertThat(life.state()).isEqualTo(MirrorState.STOPPED);
    life.assertLeavesNoThread();
  }

  private void awaitNoticed() throws Exception {
    if (cell.stage().isCall()) {
      life.awaitCall();
    }
    if (cell.isReported()) {
      String endpoint = line.url().toString();
      Life.eventually(
          "a report of " + cell.fault(),
          () ->
              reports().stream()
                  .anyMatch(it -> it.contains(endpoint) && it.contains(cell.fault().says())));
    }
  }

  private Set<String> reports() {
    Set<String> reports = new TreeSet<>(life.alarms().failures());
    life.mirror().failure().ifPresent(failure -> reports.add(failure.getMessage()));
    return reports;
  }

  /** Whether a side has not answered in time that has no fault which would explain it. */
  private boolean isOfBusyMachine(String report) {
    boolean explained =
        cell.fault().withholdsAnswers() && report.startsWith(cell.side().toString());
    return LATE.matcher(report).find() && !explained;
  }

  private @Nullable String result(@Nullable Throwable failure) {
    if (!cell.stage().isCall()) {
      return null;
    }
    return failure == null ? "succeeds" : failure.getClass().getSimpleName();
  }

  private static Set<String> sides(Set<String> messages) {
    Set<String> sides = new TreeSet<>();
    for (String message : messages) {
      sides.add(SIDES.stream().filter(message::startsWith).findFirst().orElse("other"));
    }
    return sides;
  }
}
