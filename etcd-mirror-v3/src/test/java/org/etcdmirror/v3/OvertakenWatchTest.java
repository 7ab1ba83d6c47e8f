package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.v3.internal.client.ServerVersion;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A compaction overtakes a watch that the server holds back because its reader is slow. */
@Timeout(600)
class OvertakenWatchTest {

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void indexNeverReachesLostEvent(EtcdBinary binary) throws Exception {
    try (SlowStream slow = new SlowStream(binary)) {
      long sent = slow.held.fill("/conf/large");
      slow.http.put("/conf/lost", "1");
      slow.http.delete("/conf/lost");
      slow.http.put("/conf/lost", "2");
      slow.http.compact(slow.http.put("/other", "1"));
      LostEventsException lost =
          catchThrowableOfType(
              LostEventsException.class,
              () -> {
                slow.release();
                slow.pollTo(slow.http.put("/conf/later", "1"));
              });
      // Whether an old server says it or hides it is a matter of milliseconds.
      assertThat(lost)
          .isInstanceOfAny(
              HistoryClearedException.class,
              slow.serverHidesLosses()
                  ? IndexDisprovedException.class
                  : HistoryClearedException.class);
      assertThat(slow.index).isLessThan(sent + 4);
      assertThat(slow.indexes)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(slow.stream.startIndex() + 1, slow.index).boxed().toList());
    }
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("binaries")
  void progressDoesNotHideALostEvent(EtcdBinary binary) throws Exception {
    try (SlowStream slow = new SlowStream(binary)) {
      long sent = slow.held.fill("/conf/large");
      slow.http.delete("/conf/large");
      slow.http.compact(slow.http.put("/other", "1"));
      assertThatThrownBy(
              () -> {
                slow.release();
                slow.pollTo(sent + 1);
              })
          .isInstanceOfAny(LostEventsException.class, IOException.class);
      assertThat(slow.index).isLessThanOrEqualTo(sent);
    }
  }

  @Test
  void overtakenWatchThatMissedNoEventContinuesUnlessCanceled() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      slow.held.fill("/conf/large");
      for (int i = 0; i < 5; i++) {
        slow.http.put("/other", "1");
      }
      slow.http.compact(slow.http.revision());
      try {
        slow.release();
        long later = slow.http.put("/conf/later", "1");
        slow.pollTo(later);
        assertThat(slow.indexes).hasSize(slow.held.puts() + 1).endsWith(later);
      } catch (HistoryClearedException saidByTheServer) {
        // The server looks at the watch now and then, and cancels it if that is in time.
        assertThat(slow.indexes).hasSize(slow.held.puts());
      }
    }
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("binaries")
  void heldBackWatchContinuesIfNotOvertakenByCompaction(EtcdBinary binary) throws Exception {
    try (SlowStream slow = new SlowStream(binary)) {
      slow.http.compact(slow.http.put("/other", "1"));
      slow.held.fill("/conf/large");
      for (int i = 0; i < 5; i++) {
        slow.http.put("/other", "1");
        slow.http.put("/conf/x" + i, "1");
      }
      slow.release();
      long later = slow.http.put("/conf/later", "1");
      slow.pollTo(later);
      assertThat(slow.indexes).hasSize(slow.held.puts() + 5 + 1).endsWith(later);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void upToDateWatchSurvivesFrequentCompactions(EtcdBinary binary) throws Exception {
    try (SlowStream slow = new SlowStream(binary)) {
      for (int i = 0; i < 400; i++) {
        slow.http.put("/other", "1");
        slow.http.put("/other", "2");
        slow.http.put("/other", "3");
        if (i % 3 == 0) {
          slow.http.compact(slow.http.revision());
        }
        slow.pollTo(slow.http.put("/conf/a", "" + i));
      }
      assertThat(slow.indexes).hasSize(400);
    }
  }

  /** Takes one watch response for each revision of a range. */
  private static void answerAll(SlowStream slow, long from, long to) throws Exception {
    for (long revision = from; revision <= to; revision++) {
      slow.stream.take(putAt(revision));
      slow.poll();
    }
  }

  @Test
  void watchResponseThatSkipsCompactedEventDisprovesIndex() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      long told = writeElsewhere(slow, 200);
      slow.http.put("/conf/hidden", "1");
      long compacted = slow.http.put("/other", "1");
      slow.http.compact(compacted);
      answerAll(slow, slow.index + 1, told);
      IndexDisprovedException disproved =
          catchThrowableOfType(
              IndexDisprovedException.class, () -> slow.stream.take(putAt(compacted + 1)));
      assertThat(disproved.missed()).isEqualTo(told + 1);
      assertThat(disproved.reason()).isEqualTo(Gap.Reason.INDEX_DISPROVED);
    }
  }

  @Test
  void watchResponseDisprovesIndexIfSkippedRevisionsAreUnreadable() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      long told = writeElsewhere(slow, 200);
      long compacted = writeElsewhere(slow, 10);
      slow.http.compact(compacted);
      answerAll(slow, slow.index + 1, told);
      assertThatThrownBy(() -> slow.stream.take(putAt(compacted)))
          .isInstanceOf(IndexDisprovedException.class);
    }
  }

  @Test
  void watchResponseThatSkipsOnlyOtherKeysIsAccepted() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      long told = writeElsewhere(slow, 200);
      long compacted = writeElsewhere(slow, 10);
      slow.http.compact(compacted);
      answerAll(slow, slow.index + 1, told);
      slow.stream.take(putAt(compacted + 1));
      slow.poll();
      assertThat(slow.index).isEqualTo(compacted + 1);
    }
  }

  private static long writeElsewhere(SlowStream slow, int times) {
    long last = 0;
    for (int i = 0; i < times; i++) {
      last = slow.http.put("/other", "1");
    }
    return last;
  }

  @Test
  void eventOlderThanReportedProgressDisprovesIndex() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      slow.stream.take(progress(100));
      slow.stream.take(putAt(slow.stream.startIndex()));
      IndexDisprovedException disproved =
          catchThrowableOfType(IndexDisprovedException.class, () -> slow.stream.take(putAt(50)));
      assertThat(disproved.missed()).isEqualTo(50);
    }
  }

  @Test
  void repeatedEventDoesNotDisproveIndex() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      slow.pollTo(slow.http.put("/conf/a", "1"));
      long last = slow.http.put("/conf/a", "2");
      slow.pollTo(last);
      slow.stream.take(putAt(last - 1));
      slow.stream.take(putAt(last));
      slow.pollTo(slow.http.put("/conf/a", "3"));
      assertThat(slow.indexes).hasSize(3);
    }
  }

  @Test
  void watchCanceledForOlderCompactionFailsWithRetryableError() throws Exception {
    try (SlowStream slow = new SlowStream(EtcdBinary.find().orElseThrow())) {
      slow.pollTo(slow.http.put("/conf/a", "1"));
      WatchResponse canceled =
          WatchResponse.newBuilder().setCanceled(true).setCompactRevision(slow.index).build();
      assertThatThrownBy(() -> slow.stream.take(canceled)).isInstanceOf(IOException.class);
    }
  }

  private static WatchResponse progress(long revision) {
    return WatchResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(revision))
        .build();
  }

  private static WatchResponse putAt(long revision) {
    KeyValue kv =
        KeyValue.newBuilder()
            .setKey(ByteString.copyFromUtf8("/conf/a"))
            .setModRevision(revision)
            .setVersion(2)
            .build();
    return WatchResponse.newBuilder().addEvents(Event.newBuilder().setKv(kv)).build();
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("binaries")
  void mirrorReportsGapForOvertakenWatchAndEndsEqual(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        GatedSource source = new GatedSource(etcds.sourceUrls);
        HeldBackWatch held = new HeldBackWatch(etcds.sourceUrls.get(0))) {
      etcds.source.put("/conf/a", "1");
      etcds.started().close();
      try (EtcdMirror mirror = etcds.started(builder -> builder.source(source))) {
        etcds.source.put("/conf/a", "2");
        etcds.awaitLevel(mirror);
        source.shut();
        held.fill("/conf/large");
        etcds.source.delete("/conf/a");
        etcds.source.put("/conf/lost", "1");
        etcds.source.compact(etcds.source.revision());
        while (!held.isReleased()) {
          source.letOnePollThrough();
        }
        etcds.source.put("/conf/later", "1");
        source.open();
        etcds.awaitLevel(mirror);
        etcds.assertEqual();
        boolean hides = !ServerVersion.parse(etcds.sourceEtcd.version()).answersProgressRequests();
        // Whether an old server says it or hides it is a matter of milliseconds.
        assertThat(mirror.status().gaps())
            .singleElement()
            .extracting(ended -> ended.gap().reason())
            .isIn(
                Gap.Reason.HISTORY_COMPACTED,
                hides ? Gap.Reason.INDEX_DISPROVED : Gap.Reason.HISTORY_COMPACTED);
      }
    }
  }
}
