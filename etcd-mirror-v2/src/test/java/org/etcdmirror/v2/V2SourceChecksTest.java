package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The source answers the checks of a mirror that doubts a first answer. Two proxies lead to it. */
@Timeout(600)
@EtcdTest
class V2SourceChecksTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf"));

  private final EtcdServer etcd;
  private V2Http http;
  private FaultProxy first;
  private FaultProxy second;
  private V2Source source;

  V2SourceChecksTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    http = new V2Http(etcd.clientUrl());
    first = FaultProxy.to(etcd.clientUrl());
    second = FaultProxy.to(etcd.clientUrl());
    source = V2Source.builder().endpoints(first.url().toString(), second.url().toString()).build();
    http.put("/conf/a", "1");
  }

  @AfterEach
  void stop() {
    source.close();
    first.close();
    second.close();
  }

  private static List<String> keys(Snapshot snapshot) throws IOException, InterruptedException {
    List<String> keys = new ArrayList<>();
    try (snapshot) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        keys.add(entry.key().utf8());
      }
    }
    return keys;
  }

  @Test
  void secondSnapshotIsReadFromOtherMember() throws Exception {
    assertThat(keys(source.snapshot(CONF))).containsExactly("/conf", "/conf/a");
    assertThat(second.accepted()).isZero();
    assertThat(keys(source.secondSnapshot(CONF))).containsExactly("/conf", "/conf/a");
    assertThat(second.accepted()).isPositive();
  }

  @Test
  void secondSnapshotIsReadFromSameMemberWhenNoOtherAnswers() throws Exception {
    assertThat(keys(source.snapshot(CONF))).hasSize(2);
    second.refuse(true);
    assertThat(keys(source.secondSnapshot(CONF))).hasSize(2);
    first.refuse(true);
    first.cutAll();
    assertThatThrownBy(() -> source.secondSnapshot(CONF)).isInstanceOf(IOException.class);
  }

  @Test
  void historyHoldsThousandEventsOfWholeKeyspace() throws Exception {
    SourceHistory young = source.history(CONF);
    assertThat(young.oldest()).isEqualTo(1);
    assertThat(young.current()).isEqualTo(http.index());
    PipelinedWriter.storm(etcd.clientUrl(), "/elsewhere", 4, 275);
    SourceHistory grown = source.history(CONF);
    assertThat(grown.current()).isEqualTo(http.index());
    assertThat(grown.current() - grown.oldest()).isEqualTo(999);
    assertThat(readAfter(grown.oldest() - 1, Duration.ZERO)).isEqualTo(grown.oldest() - 1);
    String tooEarly = "wait=true&waitIndex=" + (grown.oldest() - 1);
    assertThat(http.get("/conf", tooEarly).json().path("errorCode").asInt()).isEqualTo(401);
    assertThatThrownBy(() -> readAfter(grown.oldest() - 2, PATIENCE))
        .isInstanceOf(HistoryClearedException.class);
  }

  /** Opens a stream and polls it once, again after a failure that may be transient. */
  private long readAfter(long index, Duration wait) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(
            () -> {
              try (EventStream stream = source.open(CONF, Start.after(index))) {
                stream.poll(wait);
                return stream.startIndex();
              }
            },
            answer -> true);
  }

  @Test
  void exactSnapshotReturnsOnlyExistingNamedKeys() throws Exception {
    for (String key : List.of("/conf/d/x", "/conf/d/y", "/conf/d/deep/z", "/conf/file")) {
      http.put(key, "1");
    }
    assertThat(exactly("/conf/d/x")).containsExactly("/conf/d/x");
    assertThat(exactly("/conf/d")).as("a directory").containsExactly("/conf/d");
    assertThat(exactly("/conf/d/y", "/conf/d/none", "/conf/d/deep/z", "/conf/d"))
        .containsExactly("/conf/d/y", "/conf/d/deep/z", "/conf/d");
    assertThat(exactly("/conf/file/below", "/conf/none", "/conf/none/x")).isEmpty();
    assertThat(exactly("/conf/none")).isEmpty();
    assertThat(exactly("/conf/file/below")).isEmpty();
    assertThat(exactly("/conf/a", "/conf/a")).as("asked twice").containsExactly("/conf/a");
  }

  private List<String> exactly(String... keys) throws IOException, InterruptedException {
    List<Bytes> bytes = List.of(keys).stream().map(Bytes::utf8).toList();
    return keys(source.snapshot(Selection.ofKeys(bytes, false)));
  }

  @Test
  void exactSnapshotReturnsSameEntryAsWholeSnapshot() throws Exception {
    http.put("/conf/b", "2");
    List<MirrorEvent.Entry> whole = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot(CONF)) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        whole.add(entry);
      }
    }
    for (MirrorEvent.Entry entry : whole) {
      try (Snapshot snapshot = source.snapshot(Selection.ofKeys(List.of(entry.key()), true))) {
        assertThat(snapshot.head().index()).isEqualTo(http.index());
        assertThat(snapshot.next()).isEqualTo(entry);
        assertThat(snapshot.next()).isNull();
      }
    }
  }
}
