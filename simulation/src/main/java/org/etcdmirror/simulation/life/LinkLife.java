package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.Script;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link: random writes, bursts that outrun history, faults, crashes and
 * replacements, and at last peace, in which both sides must become equal.
 */
abstract class LinkLife implements Runnable {

  static final long SECOND = 1_000_000_000L;

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Script script;
  private final Random random;
  private final Network network = new Network(scheduler);
  private final LinkDesign design;
  private final Operator operator;
  private final Side source;
  private final Side sink;
  private final LinkProcess link;
  private final StatusCheck status;
  private final FormerPrefixCheck former;
  private final SilenceCheck silence = new SilenceCheck();
  private final Callers callers;
  private final Replacement replacement;
  private final Shares<Happening> shares;
  private final PassingTime time;

  /** Whether listeners call their mirrors. */
  private boolean listenersCall;

  /** Of a link from v2 to v2. */
  private @Nullable V2StateCheck states;

  LinkLife(Script script, boolean fromV2, boolean toV2) {
    this.script = script;
    this.random = script.random();
    this.time = new PassingTime(random);
    this.design = new LinkDesign(random, script.seed());
    this.operator = new Operator(random, time::pass);
    this.shares = Happening.drawShares(random);
    this.source = side(fromV2, "source", 1);
    this.sink = side(toV2, "sink", 1_000);
    time.writes(source::write);
    source.noMirrorWrites();
    sink.mirrorsWrite(design::owns);
    sink.onDataWrite(key -> silence.written(key, network.carriedOut()));
    this.link = new LinkProcess("mirror", this::mirror);
    this.status = new StatusCheck(source, sink, design);
    this.callers = new Callers(random, link, operator, status, silence);
    this.former = new FormerPrefixCheck(sink, design);
    this.replacement =
        new Replacement(random, design, source, sink, link, status, former, time::pass);
    if (source instanceof V3Side from && sink instanceof V3Side to) {
      watch(from, to);
    } else if (source instanceof V2Side from && sink instanceof V2Side to) {
      states = new V2StateCheck(from.cluster(), to.cluster(), design);
      to.onMirrorWrite(states::check);
    }
  }

  private Side side(boolean isV2, String name, long id) {
    return isV2
        ? new V2Side(network, random, name, id, time::pass)
        : new V3Side(network, random, name, id, time::pass);
  }

  private void watch(V3Side from, V3Side to) {
    List<WriteCheck> checks =
        List.of(
            new DeleteCheck(from, design, operator, from.clients()::wasOnLease),
            new PastStateCheck(from.cluster(), design));
    to.onMirrorWrite(new SinkWatcher(to.cluster(), checks));
  }

  private EtcdMirror mirror() {
    Random own = new Random(scheduler.random().nextLong());
    CallingListener listener = new CallingListener(own, () -> listenersCall);
    EtcdMirror mirror = design.mirror(source, sink, listener);
    listener.begin(callers.caller(own, mirror));
    return mirror;
  }

  @Override
  public void run() {
    int before = random.nextInt(40);
    int steps = 10 + random.nextInt(60);
    beginTrouble();
    for (int i = 0; i < before; i++) {
      script.step("written before the start", source::write);
    }
    link.start();
    for (int step = 0; step < steps && !scheduler.hasFailed(); step++) {
      script.step(() -> shares.draw(random), this::happen);
      reviveIfEnded();
      status.check(link.mirror());
      callers.check();
      if (states != null) {
        states.check();
      }
    }
    endInPeace();
  }

  /** What lasts as long as the life, until there is peace. */
  private void beginTrouble() {
    script.step(
        "requests fail",
        () -> network.faults().requests(chance(0.03), chance(0.02), chance(0.05), chance(0.2)));
    script.step("streams are cut", () -> network.faults().streams(chance(0.02)));
    script.step("source is busy", () -> time.busy(random.nextInt(3) == 0));
    script.step("listeners call", () -> listenersCall = random.nextInt(3) == 0);
  }

  private double chance(double most) {
    return random.nextBoolean() ? 0 : random.nextDouble() * most;
  }

  private void happen(Happening what) {
    switch (what) {
      case SOURCE_WRITTEN -> source.write();
      case SINK_WRITTEN_BESIDE ->
          sink.writeBelow(design.beside().get(random.nextInt(design.beside().size())));
      case TIME_PASSES -> pass((long) (random.nextDouble() * random.nextDouble() * 30 * SECOND));
      case BURST -> source.burst();
      case CALLED_AT_ONCE -> callers.begin();
      case APPROVAL -> operator.lookAt(link.mirror());
      case CRASH -> {
        mayChangeScope();
        link.restart();
      }
      case GAP -> openGap();
      case CLOSE -> {
        link.close();
        mayChangeScope();
        link.start();
      }
      case PAUSE -> pauseForAWhile();
      case TROUBLE -> (random.nextBoolean() ? source : sink).trouble();
      case CLOCK_STEPS -> link.stepClock(SECOND * (random.nextInt(7200) - 3600));
      case RIVAL -> startRival();
      case SINK_REPLACED -> replacement.ofSink();
      case SOURCE_REPLACED -> replacement.ofSource();
    }
  }

  private void mayChangeScope() {
    if (design.mayChangeScope()) {
      former.scopeChanges(status.wasLevel());
    }
  }

  private void pass(long nanos) {
    time.pass(nanos);
  }

  /** History is gone when the mirror comes back. */
  private void openGap() {
    link.crash();
    source.loseHistory();
    scheduler.note("gap");
    link.start();
  }

  private void pauseForAWhile() {
    EtcdMirror paused = link.mirror();
    if (paused == null) {
      return;
    }
    SimulatedProcess process = link.process();
    scheduler.note("paused: " + silence.pause(process, paused, Duration.ofSeconds(10)));
    source.write();
    pass(SECOND * random.nextInt(20));
    silence.resume(process, paused);
  }

  /** Another instance of the link, that takes the sink over. The former one must write no more. */
  private void startRival() {
    if (!sink.isFenced()) {
      return;
    }
    SimulatedProcess former = link.process();
    EtcdMirror older = link.mirror();
    link.start();
    pass(SECOND * random.nextInt(30));
    if (older != null) {
      scheduler.note("former one is " + older.status().state());
    }
    scheduler.kill(former);
  }

  /**
   * Where two mirrors write to one link, or a write comes late, either may have to give way. A
   * caller may have closed it.
   */
  private void reviveIfEnded() {
    EtcdMirror known = link.mirror();
    if (known == null) {
      return;
    }
    MirrorState state = known.status().state();
    if (state == MirrorState.STOPPING || state == MirrorState.STOPPED) {
      link.close();
      link.start();
    } else if (state == MirrorState.FAILED) {
      Throwable failure = known.failure().orElseThrow();
      scheduler.note("failed: " + failure);
      if (!(failure instanceof FencedException)) {
        throw new SimulationException("failed: " + failure, failure);
      }
      link.restart();
    }
  }

  private void endInPeace() {
    network.faults().end();
    time.busy(false);
    source.calm();
    sink.calm();
    scheduler.note("peace");
    pass(60 * SECOND);
    callers.awaitEnd();
    listenersCall = false;
    script.step(
        "replaced in peace",
        () -> {
          if (random.nextInt(4) == 0) {
            // Nothing is written behind it that would show it.
            replacement.ofSink();
          }
        });
    source.writeLast();
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (scheduler.now() < deadline && !scheduler.hasFailed()) {
      EtcdMirror known = Objects.requireNonNull(link.mirror());
      silence.resume(link.process(), known);
      operator.approveNow(known);
      reviveIfEnded();
      if (status.isEqual() && status.isLevel(known.status())) {
        status.check(known);
        if (!former.holds()) {
          throw new SimulationException(
              "the sink holds what a former scope left: " + sink.values(design.owned()));
        }
        end();
        return;
      }
      pass(SECOND);
    }
    if (!scheduler.hasFailed()) {
      throw new SimulationException(
          "not equal after %s: %s"
              .formatted(
                  PATIENCE, status.describe(Objects.requireNonNull(link.mirror()).status())));
    }
  }

  private void end() {
    if (design.copiesExpiry() && source instanceof V3Side from) {
      script.step("a lease is kept alive", () -> new KeptLease(from, sink, time::pass).run());
    }
    script.step(
        () -> random.nextInt(3) == 0 ? "cut over" : "closed at the end",
        how -> {
          if (how.equals("cut over")) {
            cutOver();
          } else {
            link.close();
          }
        });
  }

  private void cutOver() {
    if (states != null) {
      states.end();
    }
    CutoverEnd end =
        new CutoverEnd(random, network.faults(), source, sink, link, callers::begin, time::pass);
    if (end.run()) {
      script.step(
          "mirrored back", () -> new WayBack(random, design, sink, source, time::pass).run());
    }
  }
}
