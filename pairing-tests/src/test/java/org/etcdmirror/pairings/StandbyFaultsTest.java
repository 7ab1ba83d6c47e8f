package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two members of a link in processes of their own, of which the leader is killed, frozen or cut off
 * under load, again and again. {@code -Dstandby.rounds=N} has N rounds for each API.
 */
@Timeout(3600)
@Tag("long")
@EtcdTest
class StandbyFaultsTest {

  private static final int ROUNDS = Integer.getInteger("standby.rounds", 6);
  private static final int WRITES = 50;

  private final long seed = Long.getLong("standby.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  StandbyFaultsTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  private enum Fault {
    KILL,
    FREEZE,
    PARTITION
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothingIsLostOrWrittenTwiceWhenLeadersDie(String kind, @TempDir Path logs) throws Exception {
    System.out.println("StandbyFaultsTest " + kind + ", seed " + seed);
    Keyspace source = Keyspace.of(kind, sourceEtcd);
    Keyspace sink = Keyspace.of(kind, sinkEtcd);
    List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
    Collections.shuffle(faults, random);
    Takeovers takeovers = new Takeovers();
    long sourceBegin = source.index();
    long sinkBegin = sink.index();
    try (Member one = new Member(kind, "one", logs);
        Member two = new Member(kind, "two", logs);
        Writer writer = new Writer(source, seed)) {
      for (int round = 0; round < ROUNDS; round++) {
        Link.eventually("a leader", () -> one.leads(sink) || two.leads(sink));
        Member leader = one.leads(sink) ? one : two;
        Member standby = leader == one ? two : one;
        writer.awaitWrites(WRITES);
        assertThat(leader.leads(sink)).as("%s keeps the lead under load", leader.name).isTrue();
        Fault fault = faults.get(round % faults.size());
        long began = System.nanoTime();
        leader.suffer(fault);
        Link.eventually("a takeover after " + fault, () -> standby.leads(sink));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.printf("%s round %d: %s, takeover in %s%n", kind, round, fault, took);
        takeovers.took(fault.name(), took);
        writer.awaitWrites(WRITES);
        leader.recover(fault);
        leader.awaitStandby();
        writer.awaitWrites(WRITES);
      }
      takeovers.write(kind);
      writer.close();
      Link link = new Link(source, sink);
      Link.eventually(
          "both sides equal", () -> sink.values("/conf/").equals(source.values("/conf/")));
      assertVerified(kind, link);
    }
    if (kind.equals("v3")) {
      assertSameOrder(values(source, sourceBegin), values(sink, sinkBegin));
    }
  }

  private static void assertVerified(String kind, Link link) throws Exception {
    try (EtcdMirror mirror = link.mirror(builder -> builder)) {
      VerifyReport report = mirror.verify();
      assertThat(report.isEqual()).as("%s: %s", kind, report.describe()).isTrue();
    }
  }

  /** The values that each key got, in order. */
  private static Map<String, List<String>> values(Keyspace keys, long begin) throws Exception {
    Map<String, List<String>> values = new HashMap<>();
    long end = keys.index();
    try (EventSource source = keys.source();
        EventStream stream = source.open(Selection.of(Bytes.utf8("/conf/")), Start.after(begin))) {
      long seen = begin;
      while (seen < end) {
        EventBatch batch = stream.poll(PATIENCE);
        seen = batch.index();
        for (MirrorEvent event : batch.events()) {
          values
              .computeIfAbsent(event.key().utf8(), key -> new ArrayList<>())
              .add(event instanceof MirrorEvent.Put put ? put.value().utf8() : "(gone)");
        }
      }
    }
    return values;
  }

  /** A mirror may leave out what a newer write replaced, and nothing else. */
  private static void assertSameOrder(
      Map<String, List<String>> source, Map<String, List<String>> sink) {
    sink.forEach((key, held) -> {
      Iterator<String> written = source.getOrDefault(key, List.of()).iterator();
      for (String value : held) {
        boolean found = false;
        while (!found && written.hasNext()) {
          found = written.next().equals(value);
        }
        assertThat(found)
            .as("%s got %s out of order: %s of %s", key, value, held, source.get(key))
            .isTrue();
      }
    });
  }

  /** One member, with lines of its own to both clusters. */
  private final class Member implements AutoCloseable {

    private final String kind;
    private final String name;
    private final Path log;
    private final FaultProxy toSource = FaultProxy.to(sourceEtcd.clientUrl());
    private final FaultProxy toSink = FaultProxy.to(sinkEtcd.clientUrl());
    private JavaProcess process;
    private long timesAsStandby;

    Member(String kind, String name, Path logs) {
      this.kind = kind;
      this.name = name;
      this.log = logs.resolve(name + ".log");
      this.process = start();
    }

    private JavaProcess start() {
      URI source = toSource.url();
      return StandbyMember.start(kind, source, toSink.url(), name, StandbyMember.TERM, log);
    }

    boolean leads(Keyspace sink) {
      return sink.leader().contains(name);
    }

    void suffer(Fault fault) {
      timesAsStandby = StandbyMember.timesAsStandby(log);
      switch (fault) {
        case KILL -> process.close();
        case FREEZE -> process.freeze();
        case PARTITION -> {
          toSource.stall(true);
          toSink.stall(true);
        }
      }
    }

    void recover(Fault fault) {
      switch (fault) {
        case KILL -> process = start();
        case FREEZE -> process.thaw();
        case PARTITION -> {
          toSource.heal();
          toSink.heal();
        }
      }
    }

    /** Only a member that stands by can take over, and a new JVM takes seconds to start. */
    void awaitStandby() {
      Link.eventually("standing by", () -> StandbyMember.timesAsStandby(log) > timesAsStandby);
    }

    @Override
    public void close() {
      process.close();
      toSource.close();
      toSink.close();
    }
  }
}
