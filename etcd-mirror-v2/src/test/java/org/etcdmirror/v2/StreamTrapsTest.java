package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream compensates for undocumented behaviour of etcd v2 watches. */
@Timeout(600)
@EtcdTest
class StreamTrapsTest {

  private final EtcdServer etcd;
  private V2Http http;
  private V2Source source;

  StreamTrapsTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    http = new V2Http(etcd.clientUrl());
    source = V2Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  @AfterEach
  void stop() {
    source.close();
  }

  private static Selection of(String... prefixes) {
    return Selection.of(Arrays.stream(prefixes).map(Bytes::utf8).toArray(Bytes[]::new));
  }

  /** Polls the events of the stream until it is complete through an index. */
  private static List<MirrorEvent> events(EventStream stream, long until) throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    for (long index = 0; index < until; ) {
      EventBatch batch = stream.poll(Duration.ofSeconds(1));
      events.addAll(batch.events());
      index = batch.index();
    }
    return events;
  }

  @Test
  void streamReadsAllHistoryAlthoughOneWatchReturnsOneEvent() throws Exception {
    long start = http.index();
    for (int i = 0; i < 30; i++) {
      http.put("/conf/" + i, "v");
      http.put("/other", "v");
    }
    try (EventStream stream = source.open(of("/conf"), Start.after(start))) {
      assertThat(events(stream, http.index()))
          .hasSize(30)
          .extracting(MirrorEvent::index)
          .isSorted();
      http.put("/conf/live", "v");
      assertThat(events(stream, http.index())).hasSize(1);
    }
  }

  @Test
  void deleteOfWatchedNodeIsDeliveredOnceAlthoughEtcdSendsItTwice() throws Exception {
    http.put("/conf", "a value");
    try (EventStream stream = source.open(of("/conf"), Start.now())) {
      long index = http.delete("/conf", "").etcdIndex();
      http.put("/conf/next", "v");
      assertThat(events(stream, http.index()))
          .containsExactly(
              new Delete(Bytes.utf8("/conf"), index), Mirroring.put("/conf/next", "v", index + 1));
    }
  }

  @Test
  void deleteOfAncestorIsDeliveredLiveAndFromHistory() throws Exception {
    http.put("/a/b/c", "v");
    try (EventStream live = source.open(of("/a/b"), Start.now())) {
      long start = http.index();
      long index = http.delete("/a", "recursive=true").etcdIndex();
      assertThat(events(live, index)).containsExactly(new DeleteTree(Bytes.utf8("/a"), index));
      try (EventStream history = source.open(of("/a/b"), Start.after(start))) {
        assertThat(events(history, index)).containsExactly(new DeleteTree(Bytes.utf8("/a"), index));
      }
    }
  }

  @Test
  void streamIgnoresDeleteOfFooThatEtcdHistoryReportsForFoobar() throws Exception {
    http.put("/foobar/x", "v");
    http.put("/foo/y", "v");
    long start = http.index();
    http.delete("/foo", "recursive=true");
    long index = http.put("/foobar/x", "w").etcdIndex();
    assertThat(http.get("/foobar", "wait=true&recursive=true&waitIndex=" + (start + 1)).body())
        .as("etcd reports the delete of /foo")
        .contains("\"key\":\"/foo\"");
    try (EventStream stream = source.open(of("/foobar"), Start.after(start))) {
      assertThat(events(stream, index)).containsExactly(Mirroring.put("/foobar/x", "w", index));
    }
  }

  @Test
  void streamSkipsHiddenKeysThatEtcdHistoryShows() throws Exception {
    http.put("/conf/x", "v");
    long start = http.index();
    for (int i = 0; i < 10; i++) {
      http.put("/conf/_locks/" + i, "v");
    }
    assertThat(http.get("/conf", "wait=true&recursive=true&waitIndex=" + (start + 1)).body())
        .as("etcd itself shows them")
        .contains("_locks");
    long index = http.put("/conf/x", "w").etcdIndex();
    try (EventStream stream = source.open(of("/conf"), Start.after(start))) {
      assertThat(events(stream, index)).containsExactly(Mirroring.put("/conf/x", "w", index));
      for (int i = 0; i < 300; i++) {
        http.put("/conf/_locks/" + i, "v");
      }
      long last = http.put("/conf/x", "u").etcdIndex();
      assertThat(events(stream, last)).containsExactly(Mirroring.put("/conf/x", "u", last));
    }
  }

  @Test
  void streamOfMissingPrefixDeliversKeysCreatedLater() throws Exception {
    try (EventStream stream = source.open(of("/not/there/yet"), Start.now())) {
      long index = http.put("/not/there/yet/x", "v").etcdIndex();
      assertThat(events(stream, index))
          .containsExactly(Mirroring.put("/not/there/yet/x", "v", index));
    }
  }

  @Test
  void indexAdvancesOnForeignEvents() throws Exception {
    try (EventStream stream = source.open(of("/conf"), Start.now())) {
      PipelinedWriter.storm(etcd.clientUrl(), "/other", 8, 400);
      assertThat(events(stream, http.index())).isEmpty();
    }
  }

  @Test
  void valuesWithReplacementCharactersAreDeliveredAndReportedAsLossy() throws Exception {
    http.put("/conf/before", "\uFFFD\uFFFDabc");
    try (EventStream stream = source.open(of("/conf"), Start.now())) {
      try (var snapshot = source.snapshot(of("/conf"))) {
        for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
          assertThat(entry).isNotNull();
        }
      }
      long index = http.put("/conf/live", "x\uFFFD").etcdIndex();
      List<SourceNotice> notices = new ArrayList<>();
      List<MirrorEvent> events = new ArrayList<>();
      while (events.isEmpty() || notices.size() < 2) {
        EventBatch batch = stream.poll(Duration.ofSeconds(1));
        notices.addAll(batch.notices());
        events.addAll(batch.events());
      }
      assertThat(events).containsExactly(Mirroring.put("/conf/live", "x\uFFFD", index));
      assertThat(notices)
          .extracting(SourceNotice::kind)
          .containsOnly(SourceNotice.Kind.LOSSY_VALUE);
      assertThat(notices.toString()).contains("/conf/before").contains("/conf/live");
    }
  }

  @Test
  void ttlUpdateWithoutValueIsDeliveredAsPutOfEmptyValue() throws Exception {
    http.put("/conf/a", "v");
    try (EventStream stream = source.open(of("/conf"), Start.now())) {
      long index = http.put("/conf/a", Map.of("prevExist", "true", "ttl", "100")).etcdIndex();
      assertThat(events(stream, index).get(0)).isInstanceOf(MirrorEvent.Put.class);
      assertThat(((MirrorEvent.Put) events(source, index).get(0)).value()).isEqualTo(Bytes.EMPTY);
    }
  }

  private static List<MirrorEvent> events(V2Source source, long index) throws Exception {
    try (EventStream again = source.open(of("/conf"), Start.after(index - 1))) {
      return events(again, index);
    }
  }

  @Test
  void severalPrefixesShareOneIndexAndOneOrder() throws Exception {
    try (EventStream stream = source.open(of("/a/x", "/b"), Start.now())) {
      long first = http.put("/a/x/1", "v").etcdIndex();
      http.put("/a/y/1", "not ours");
      http.put("/b/1", "v");
      http.delete("/a", "recursive=true");
      assertThat(events(stream, http.index()))
          .containsExactly(
              Mirroring.put("/a/x/1", "v", first),
              Mirroring.put("/b/1", "v", first + 2),
              new DeleteTree(Bytes.utf8("/a"), first + 3));
    }
  }

  @Test
  void unpolledStreamBuffersLittleAndLosesNoEvents() throws Exception {
    String megabyte = "x".repeat(1 << 20);
    try (EventStream stream = source.open(of("/conf"), Start.now())) {
      for (int i = 0; i < 64; i++) {
        http.put("/conf/" + i, megabyte);
      }
      // This is four times the limit of a stream; the rest waits in the server or is read again.
      List<MirrorEvent> events = events(stream, http.index());
      assertThat(events).hasSize(64).extracting(MirrorEvent::index).isSorted();
    }
  }
}
