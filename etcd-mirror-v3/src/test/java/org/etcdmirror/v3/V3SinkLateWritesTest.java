package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.LateProxy.Fate.ANSWER_LOST;
import static org.etcdmirror.v3.LateProxy.Fate.LATE;
import static org.etcdmirror.v3.LateProxy.Fate.NO_SPACE;
import static org.etcdmirror.v3.LateProxy.Fate.PASSED;
import static org.etcdmirror.v3.LateProxy.Fate.SILENT;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write that is executed late never overrides one that was sent after it. */
final class V3SinkLateWritesTest extends LateFixture {

  @Test
  void latePutOfResyncLosesAgainstNewerPut() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    proxy.nextTxns(LATE);
    fails(sink, value("old"));
    sink.apply(value("new"));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("new");
    sink.save(at(2));
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void lateDeleteOfResyncLosesAgainstNewerPut() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    proxy.nextTxns(LATE);
    fails(sink, batch(delete(prefix + "k")));
    sink.apply(value("again"));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("again");
  }

  @Test
  void latePartOfLargeBatchLosesAgainstNextAttempt() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(many("v0"));
    proxy.nextTxns(PASSED, LATE, PASSED, PASSED, LATE, ANSWER_LOST);
    fails(sink, many("v1"));
    sink.apply(many("v2"));
    proxy.release();
    for (int i = 0; i < 1_000; i += 37) {
      assertThat(server.value(prefix + i)).isEqualTo("v2");
    }
  }

  private EventBatch many(String value) {
    List<MirrorEvent> puts = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      puts.add(put(prefix + i, value));
    }
    return batch(puts);
  }

  @Test
  void lateWriteLosesOnceSameCheckpointIsSavedAgain() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    proxy.nextTxns(LATE);
    fails(sink, value("old"));
    sink.save(at(1));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("before");
  }

  @Test
  void lateBatchWithItsCheckpointLosesAgainstResync() throws Exception {
    V3Sink sink = sinkAt(1);
    proxy.nextTxns(LATE);
    fails(sink, value("old"), at(2));
    sink.apply(value("new"));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("new");
    assertThat(sink.load()).contains(at(1));
    sink.apply(value("newest"), at(3));
    assertThat(sink.load()).contains(at(3));
  }

  @Test
  void batchAppliedUnnoticedWithItsCheckpointCountsAsDone() throws Exception {
    V3Sink sink = sinkAt(1);
    proxy.nextTxns(LATE);
    fails(sink, value("old"), at(2));
    proxy.release();
    sink.apply(value("new"));
    assertThat(server.value(prefix + "k")).isEqualTo("new");
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void writeInFlightAtInterruptLosesAgainstNewerWrite() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    proxy.nextTxns(SILENT);
    FutureTask<?> interrupted =
        new FutureTask<>(() -> {
          assertThatThrownBy(() -> sink.apply(value("old")))
              .isInstanceOf(InterruptedException.class);
          return null;
        });
    Thread thread = new Thread(interrupted, "interrupted");
    thread.start();
    LateProxy.Held held = proxy.take();
    thread.interrupt();
    interrupted.get();
    sink.apply(value("new"));
    proxy.execute(held);
    assertThat(server.value(prefix + "k")).isEqualTo("new");
  }

  @Test
  void fenceRewriteWithLostAnswerIsSettled() throws Exception {
    V3Sink sink = sinkAt(1);
    proxy.nextTxns(LATE, ANSWER_LOST);
    fails(sink, value("old"));
    fails(sink, value("new"));
    sink.apply(value("new"));
    proxy.release();
    assertThat(server.value(prefix + "k")).isEqualTo("new");
    sink.save(at(2));
  }

  @Test
  void uncertainFenceRewritesNeverWinAgainstLaterWrites() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("before"));
    proxy.nextTxns(LATE, LATE, LATE);
    for (String lost : List.of("old", "older", "oldest")) {
      fails(sink, value(lost));
    }
    LateProxy.Held write = proxy.take();
    LateProxy.Held first = proxy.take();
    LateProxy.Held second = proxy.take();
    // The second one is executed before its successor is sent, the first one after everything.
    proxy.execute(second);
    sink.apply(value("new"));
    sink.apply(value("newest"), at(2));
    proxy.execute(first);
    proxy.execute(write);
    assertThat(server.value(prefix + "k")).isEqualTo("newest");
    sink.apply(value("last"), at(3));
    assertThat(sink.load()).contains(at(3));
  }

  @Test
  void refusedWriteCausesNoFenceRewrite() throws Exception {
    V3Sink sink = sinkAt(1);
    sink.apply(value("1"));
    long revision = server.get("/__replication/" + link).getModRevision();
    EventBatch tooLarge = value("x".repeat(2_000_000));
    assertThatThrownBy(() -> sink.apply(tooLarge)).hasMessageContaining("too large");
    sink.apply(value("2"));
    assertThat(server.get("/__replication/" + link).getModRevision()).isEqualTo(revision);
  }

  /** No other write may be possible then, but deletes, which make space. */
  @Test
  void writeThatFilledTheDatabaseCausesNoFenceRewrite() throws Exception {
    V3Sink sink = sinkAt(1);
    proxy.nextTxns(NO_SPACE);
    fails(sink, value("large"), at(2));
    assertThat(sink.load()).contains(at(2));
    long revision = server.get("/__replication/" + link).getModRevision();
    sink.apply(batch(delete(prefix + "k")));
    assertThat(server.get("/__replication/" + link).getModRevision()).isEqualTo(revision);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void multiPartCommitCompletesWhicheverAnswerIsLost(int lost) throws Exception {
    for (LateProxy.Fate fate : List.of(ANSWER_LOST, LATE)) {
      V3Sink before = sink();
      before.load();
      before.save(at(1));
      V3Sink sink = sink();
      List<MirrorEvent> puts = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        puts.add(put(prefix + fate + i, "x".repeat(100_000)));
      }
      // First the fence, then three parts.
      LateProxy.Fate[] fates = new LateProxy.Fate[lost + 1];
      Arrays.fill(fates, PASSED);
      fates[lost] = fate;
      proxy.nextTxns(fates);
      boolean done = false;
      for (int i = 0; i < 3 && !done; i++) {
        done = tried(sink, batch(puts), at(1_000));
      }
      proxy.release();
      assertThat(done).isTrue();
      assertThat(server.count(prefix + fate)).isEqualTo(40);
      assertThat(sink.load()).contains(at(1_000));
      sink.save(at(1_001));
    }
  }

  private static boolean tried(V3Sink sink, EventBatch batch, Checkpoint next) throws Exception {
    try {
      sink.apply(batch, next);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Tag("long")
  @Test
  void writeExecutedLateByFrozenMemberLoses() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().enableV2(false).startCluster(3)) {
      List<String> urls = cluster.clientUrls().stream().map(Object::toString).toList();
      EtcdServer frozen = cluster.member(0);
      try (V3Sink sink = OpenedV3Sink.at(urls, link).build()) {
        V3SinkServer.persist(() -> sink.load());
        V3SinkServer.persist(() -> sink.save(at(1)));
        V3SinkServer.apply(sink, many("v0"));
        frozen.suspend();
        try {
          fails(sink, many("v1"));
          V3SinkServer.apply(sink, many("v2"));
        } finally {
          frozen.resume();
        }
        frozen.awaitReady();
        V3SinkServer.persist(() -> sink.save(at(2)));
        assertThat(values(sink)).containsOnly("v2");
      }
    }
  }

  private List<String> values(V3Sink sink) throws Exception {
    List<String> values = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.utf8(prefix)))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        values.add(((MirrorEvent.Put) entry).value().utf8());
      }
    }
    return values;
  }
}
