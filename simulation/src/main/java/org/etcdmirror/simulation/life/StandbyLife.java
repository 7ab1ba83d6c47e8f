package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongConsumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.Standby;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.Script;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * The life of a link whose members stand by for each other. Each of them may die, stand still for
 * longer than its term, or be cut off. In the end one leads, and takes over once more in peace.
 */
abstract class StandbyLife implements Runnable {

  private static final long SECOND = LinkLife.SECOND;
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final List<Integer> TERMS = List.of(2, 5, 5, 60);
  private static final int LONGEST_TERM_OF_LEASE = 5;

  private final Scheduler scheduler = Scheduler.current();
  private final Script script;
  private final Random random;
  private final Network network = new Network(scheduler);
  private final PassingTime time;
  private final LinkDesign design;
  private final Operator operator;
  private final Shares<StandbyHappening> shares;
  private final Side source;
  private final Side sink;
  private final Duration term;
  private final LinkMembers members;
  private final StatusCheck status;
  private final SilenceCheck silence = new SilenceCheck();
  private final Map<LinkProcess, Callers> callers = new HashMap<>();
  private boolean listenersCall;

  /** Of a link from v2 to v2. */
  private @Nullable V2StateCheck states;

  StandbyLife(Script script, boolean isV2) {
    this.script = script;
    this.random = script.random();
    this.time = new PassingTime(random);
    this.design = new LinkDesign(random, script.seed());
    this.operator = new Operator(random, time::pass);
    this.shares = StandbyHappening.drawShares(random);
    this.source = side(isV2, "source", 1);
    this.sink = side(isV2, "sink", 1_000);
    this.term = Duration.ofSeconds(TERMS.get(random.nextInt(TERMS.size())));
    time.writes(source::write);
    source.noMirrorWrites();
    sink.mirrorsWrite(design::owns);
    sink.onDataWrite(key -> silence.written(key, network.carriedOut()));
    this.members = new LinkMembers(random, this::mirror);
    this.status = new StatusCheck(source, sink, design);
    if (!sink.isFenced()) {
      status.allowLateWrites();
    }
    for (LinkProcess member : members.all()) {
      callers.put(member, new Callers(random, member, operator, status, silence));
    }
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
            new FenceCheck(to.cluster(), network::carriedOut),
            new DeleteCheck(from, design, operator, from.clients()::wasOnLease),
            new PastStateCheck(from.cluster(), design));
    to.onMirrorWrite(new SinkWatcher(to.cluster(), checks));
  }

  private EtcdMirror mirror(String member) {
    Random own = new Random(scheduler.random().nextLong());
    CallingListener listener = new CallingListener(own, () -> listenersCall);
    EtcdMirror mirror = design.member(source, sink, listener, Standby.as(member).term(term));
    members.all().stream()
        .filter(one -> one.name().equals(member))
        .forEach(one -> listener.begin(callersOf(one).caller(own, mirror)));
    return mirror;
  }

  private Callers callersOf(LinkProcess member) {
    return Objects.requireNonNull(callers.get(member));
  }

  @Override
  public void run() {
    int before = random.nextInt(40);
    int steps = 10 + random.nextInt(60);
    scheduler.note("%d members, term %s".formatted(members.all().size(), term));
    beginTrouble();
    for (int i = 0; i < before; i++) {
      script.step("written before the start", source::write);
    }
    members.all().forEach(LinkProcess::start);
    for (int step = 0; step < steps && !scheduler.hasFailed(); step++) {
      script.step(() -> shares.draw(random), this::happen);
      members.reviveEnded();
      check();
    }
    endInPeace();
  }

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

  private void check() {
    members.awake().forEach(member -> status.check(member.mirror()));
    callers.values().forEach(Callers::check);
    if (states != null) {
      states.check();
    }
  }

  private void happen(StandbyHappening what) {
    switch (what) {
      case SOURCE_WRITTEN -> source.write();
      case SINK_WRITTEN_BESIDE ->
          sink.writeBelow(design.beside().get(random.nextInt(design.beside().size())));
      case TIME_PASSES ->
          time.pass((long) (random.nextDouble() * random.nextDouble() * 30 * SECOND));
      case BURST -> source.burst();
      case COMES_BACK -> members.bringBack();
      case TROUBLE -> (random.nextBoolean() ? source : sink).trouble();
      case LEAD_LOST -> sink.loseLead();
      case RIVAL -> {
        if (sink.isFenced()) {
          startRival();
        }
      }
      case SINK_REPLACED -> {
        sink.replace();
        status.clusterReplaced();
      }
      case SOURCE_REPLACED -> {
        source.replace();
        status.clusterReplaced();
      }
      default -> {
        LinkProcess member = members.some();
        if (member != null) {
          happen(what, member);
        }
      }
    }
  }

  private void happen(StandbyHappening what, LinkProcess member) {
    switch (what) {
      case CALLED_AT_ONCE -> callersOf(member).begin();
      case APPROVAL -> operator.lookAt(member.mirror());
      case KILLED -> members.kill(member);
      case FROZEN -> {
        long nanos = upTo(4);
        scheduler.freeze(member.process(), nanos);
        status.isAway(nanos);
      }
      case CUT_OFF -> cutOff(member);
      case CLOSED -> members.close(member);
      case HISTORY_LOST_AT_TAKEOVER -> {
        members.kill(member);
        time.pass((long) (random.nextDouble() * term.toNanos()));
        source.loseHistory();
      }
      case PAUSE -> pauseForAWhile(member);
      case CLOCK_STEPS -> member.stepClock(SECOND * (random.nextInt(7200) - 3600));
      default -> throw new IllegalStateException("not of one member: " + what);
    }
  }

  /** A time of up to so many terms. */
  private long upTo(int terms) {
    return (long) (random.nextDouble() * terms * term.toNanos());
  }

  private void cutOff(LinkProcess member) {
    int dice = random.nextInt(3);
    if (dice < 2) {
      cutOff(member, "sink");
    }
    if (dice > 0) {
      cutOff(member, "source");
    }
  }

  private void cutOff(LinkProcess member, String cluster) {
    long nanos = upTo(3);
    network.cutOff(member.process(), cluster, nanos);
    status.isAway(nanos);
  }

  private void pauseForAWhile(LinkProcess member) {
    EtcdMirror paused = Objects.requireNonNull(member.mirror());
    SimulatedProcess process = member.process();
    scheduler.note("paused: " + silence.pause(process, paused, Duration.ofSeconds(10)));
    source.write();
    time.pass(SECOND * random.nextInt(20));
    silence.resume(process, paused);
  }

  /** An instance of the link that takes part in no election. */
  private void startRival() {
    LinkProcess rival =
        new LinkProcess(
            "rival", () -> design.mirror(source, sink, new CallingListener(random, () -> false)));
    rival.start();
    time.pass(SECOND * random.nextInt(30));
    rival.crash();
  }

  private void endInPeace() {
    network.faults().end();
    time.busy(false);
    source.calm();
    sink.calm();
    scheduler.note("peace");
    members.awaitThaw();
    time.pass(network.partitionedFor());
    // Each member learns what it has missed: a connection that ended while it stood still.
    time.pass(60 * SECOND);
    callers.values().forEach(Callers::awaitEnd);
    listenersCall = false;
    members.bringBack();
    source.writeLast();
    awaitOneLevelLeader();
    script.step("taken over in peace", this::takeOverInPeace);
    members.awaitThaw();
    members.bringBack();
    awaitOneLevelLeader();
    if (!sink.isFenced()) {
      // What a former leader sent late is found by a comparison.
      time.pass(60 * SECOND);
      awaitOneLevelLeader();
    }
    closeAll();
  }

  /** In a short term no copy of a lease ends that a client keeps alive. */
  private void takeOverInPeace() {
    if (term.toSeconds() > LONGEST_TERM_OF_LEASE
        || !design.copiesExpiry()
        || !(source instanceof V3Side from)) {
      takeOver(time::pass);
      return;
    }
    KeptLease lease = new KeptLease(from, sink, time::pass);
    lease.begin();
    takeOver(lease::pass);
    lease.keep(20);
    lease.end();
  }

  private void takeOver(LongConsumer pass) {
    new PeacefulTakeover(random, network, source, members, term, pass).run();
  }

  private void awaitOneLevelLeader() {
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (scheduler.now() < deadline && !scheduler.hasFailed()) {
      for (LinkProcess member : members.awake()) {
        EtcdMirror mirror = Objects.requireNonNull(member.mirror());
        silence.resume(member.process(), mirror);
        operator.approveNow(mirror);
      }
      members.reviveEnded();
      check();
      if (members.isSettled()
          && status.isEqual()
          && status.isLevel(LinkMembers.status(members.leaders().get(0)))) {
        return;
      }
      time.pass(SECOND);
    }
    if (!scheduler.hasFailed()) {
      throw new SimulationException(
          "no member leads and is level, with each other one warm, after %s: source %s at %d, sink %s%s"
              .formatted(
                  PATIENCE,
                  design.mirroredEntries(source),
                  source.index(),
                  design.mirroredEntries(sink),
                  members.describe()));
    }
  }

  private void closeAll() {
    if (scheduler.hasFailed()) {
      return;
    }
    members.all().forEach(LinkProcess::close);
    if (sink.hasLeader()) {
      throw new SimulationException("all members were closed, and one leads");
    }
  }
}
