package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A source that is read in chunks, each at a newer index, and the events between them: no key goes
 * back, and none is missed. All events wait in the queue before the reading begins.
 */
@Timeout(30)
class ReadingTest {

  private static final String CLUSTER = "cluster-1";

  private final FakeSink sink = new FakeSink(KeyModel.BYTES);
  private final UnstartedMirror mirror = new UnstartedMirror(new FakeSource(KeyModel.BYTES), sink);
  private final MirrorRuntime runtime = mirror.runtime();
  private final KeyMapper mapper = mirror.mapper();
  private final EntryCheck check = new EntryCheck(mirror.settings(), runtime);
  private final WorkQueue queue = new WorkQueue(1000, 1 << 20);
  private final List<EventBatch> written = new ArrayList<>();
  private final List<EventBatch> taken = new ArrayList<>();
  private final ResyncJob job =
      new ResyncJob(new Work.Resync(gap(), CLUSTER, 0, 0, false), gap(), false);
  private final ResyncPass pass =
      new ResyncPass(
          mapper,
          FormerEntries.none(mapper),
          check,
          new CheckpointNotes(mirror.settings(), runtime).expiring(),
          written::add,
          100,
          false,
          runtime.shutdown());

  private static Gap gap() {
    return new Gap(Gap.Reason.FORCED, 1, 0, 9);
  }

  private Intake intake(@Nullable WorkQueue from) {
    return new Intake(from, runtime.shutdown(), taken::add);
  }

  private Reading reading(Snapshot from, @Nullable WorkQueue stream) {
    return new Reading(
        intake(stream),
        job,
        mapper,
        from.head(),
        System.nanoTime(),
        pass,
        new Meanwhile("test", runtime.progress(), check, written::add));
  }

  private Reading read(Snapshot from) throws Exception {
    return read(from, queue);
  }

  private Reading read(Snapshot from, @Nullable WorkQueue stream) throws Exception {
    Reading reading = reading(from, stream);
    pass.walk(reading.over(from), sink.snapshot(mapper.selection()));
    return reading;
  }

  private static Put put(String key, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8("at " + index), index, null);
  }

  private static Delete delete(String key, long index) {
    return new Delete(Bytes.utf8(key), index);
  }

  private void happens(long through, MirrorEvent... events) throws InterruptedException {
    happens(CLUSTER, through, events);
  }

  private void happens(String cluster, long through, MirrorEvent... events)
      throws InterruptedException {
    queue.put(new Work.Events(cluster, EventBatch.of(List.of(events), through, through)));
  }

  private List<MirrorEvent> writes() {
    return written.stream().flatMap(batch -> batch.events().stream()).toList();
  }

  @Test
  void wholeSnapshotIsOfOneIndex() throws Exception {
    Reading reading = read(new Chunks().at(10, put("/conf/a", 3)));
    assertThat(reading.finish()).isTrue();
    assertThat(reading.reached()).isEqualTo(new SourceHead(CLUSTER, 10));
    assertThat(reading.readFrom()).isEqualTo(10);
  }

  @Test
  void sinkReachesTheIndexOfTheStreamBehindTheLastChunk() throws Exception {
    happens(12);
    Reading reading = read(new Chunks().at(10, put("/conf/a", 3)).at(20, put("/conf/b", 4)));
    happens(25);
    assertThat(reading.finish()).isTrue();
    assertThat(reading.reached()).isEqualTo(new SourceHead(CLUSTER, 25));
    assertThat(reading.readFrom()).isEqualTo(10);
    assertThat(taken).hasSize(2);
  }

  @Test
  void eventNewerThanTheChunkOfItsKeyIsWritten() throws Exception {
    happens(20, put("/conf/a", 10), put("/conf/a", 11));
    read(new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4))).finish();
    assertThat(writes()).containsExactly(put("/conf/a", 9), put("/conf/a", 11), put("/conf/b", 4));
  }

  @Test
  void eventThatTheChunkOfItsKeyHoldsIsDropped() throws Exception {
    happens(20, delete("/conf/a", 8), delete("/conf/a", 10));
    read(new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4))).finish();
    assertThat(writes()).containsExactly(put("/conf/a", 9), put("/conf/b", 4));
  }

  @Test
  void eventOfAKeyThatIsStillToBeReadIsDropped() throws Exception {
    happens(15, delete("/conf/b", 15));
    happens(20);
    read(new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 16))).finish();
    assertThat(writes()).containsExactly(put("/conf/a", 9), put("/conf/b", 16));
  }

  @Test
  void refreshAtTheIndexOfTheChunkIsNews() throws Exception {
    Expiry later = Expiry.in(Duration.ofHours(1));
    Refresh old = new Refresh(Bytes.utf8("/conf/a"), 9, later, null);
    Refresh news = new Refresh(Bytes.utf8("/conf/a"), 10, later, null);
    happens(10, old, news);
    happens(20);
    read(new Chunks().at(10, put("/conf/a", 9)).at(20)).finish();
    assertThat(writes()).containsExactly(put("/conf/a", 9), news);
  }

  @Test
  void chunkBehindTheStreamIsOfAnotherHistory() throws Exception {
    happens(25);
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(24, put("/conf/b", 4));
    assertThatThrownBy(() -> read(from))
        .isInstanceOf(OtherHistoryException.class)
        .hasMessageContaining("cluster cluster-1 at index 10 (stream at 25)")
        .hasMessageContaining("now cluster cluster-1 at 24");
  }

  @Test
  void chunkOlderThanTheOneBeforeIsOfAnotherHistory() {
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(9, put("/conf/b", 4));
    assertThatThrownBy(() -> read(from)).isInstanceOf(OtherHistoryException.class);
  }

  @Test
  void chunkAtTheIndexOfTheStreamIsOfTheSameHistory() throws Exception {
    happens(10);
    Reading reading = read(new Chunks().at(10, put("/conf/a", 9)).at(10, put("/conf/b", 4)));
    assertThat(reading.finish()).isTrue();
  }

  @Test
  void chunkOfAnotherClusterIsOfAnotherHistory() {
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at("cluster-2", 20, put("/conf/b", 4));
    assertThatThrownBy(() -> read(from)).isInstanceOf(OtherHistoryException.class);
  }

  @Test
  void chunksWithoutAStreamAreOfNoIndex() throws Exception {
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4));
    assertThat(read(from, null).finish()).isFalse();
    assertThat(read(new Chunks().at(20, put("/conf/c", 9)), null).finish()).isTrue();
  }

  @Test
  void streamThatIsReplacedEndsTheReading() throws Exception {
    happens("cluster-2", 20);
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4));
    assertThatThrownBy(() -> read(from)).isInstanceOf(StreamLostException.class);
  }

  @Test
  void streamThatEndsBeforeTheLastChunkEndsTheReading() throws Exception {
    happens(15);
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4));
    Reading reading = read(from);
    queue.fail(new IOException("over"));
    assertThatThrownBy(reading::finish).isInstanceOf(StreamLostException.class);
  }

  @Test
  void endOfTheMirrorEndsTheWaitForTheStream() throws Exception {
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4));
    Reading reading = read(from);
    runtime.shutdown().begin();
    assertThatThrownBy(reading::finish)
        .isInstanceOf(StreamLostException.class)
        .hasMessage("the mirror is stopping");
  }

  @Test
  void eventsOfManyBatchesAreReducedToTheLastOfEachKey() throws Exception {
    happens(11, put("/conf/a", 11));
    happens(12, put("/conf/a", 12));
    happens(20);
    read(new Chunks().at(10, put("/conf/a", 9)).at(20)).finish();
    assertThat(writes()).containsExactly(put("/conf/a", 9), put("/conf/a", 12));
    assertThat(runtime.progress().counters.eventsApplied.get()).isEqualTo(2);
    assertThat(runtime.progress().counters.eventsCoalesced.get()).isEqualTo(1);
  }

  @Test
  void eventMakesTheKeyNoSurplus() throws Exception {
    sink.preset("/conf/a0", "x");
    happens(20, put("/conf/a0", 12));
    Chunks from = new Chunks().at(10, put("/conf/a", 9), put("/conf/b", 9)).at(20);
    read(from).finish();
    written.clear();
    assertThat(pass.delete()).isTrue();
    assertThat(writes()).isEmpty();
  }

  @Test
  void lookLeavesEventsToTheReadingThatWrites() throws Exception {
    happens(20, put("/conf/a", 11));
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4));
    Reading look =
        new Reading(intake(queue), job, mapper, from.head(), System.nanoTime(), null, null);
    Snapshot snapshot = look.over(from);
    while (snapshot.next() != null) {}
    assertThat(written).isEmpty();
    assertThat(job.notBefore()).as("the next snapshot holds what was dropped").isEqualTo(20);
  }

  @Test
  void snapshotThatStaysIsNotSplit() {
    Snapshot from = sink.held.snapshot(mapper.selection());
    assertThat(reading(from, queue).over(from)).isSameAs(from);
  }

  @Test
  void waitingEventsAreDroppedBeforeASnapshotThatHoldsThem() throws Exception {
    happens(20);
    Reading.dropIfDue(intake(queue), job);
    assertThat(job.notBefore()).as("there is room").isZero();
    WorkQueue full = new WorkQueue(2, 1 << 20);
    full.put(new Work.Events(CLUSTER, EventBatch.of(List.of(), 30, 30)));
    full.put(new Work.Events(CLUSTER, EventBatch.of(List.of(), 40, 40)));
    Reading.dropIfDue(intake(full), job);
    assertThat(job.notBefore()).isEqualTo(40);
    assertThat(intake(full).poll(CLUSTER)).isNull();
  }

  @Test
  void eventsOfAnotherClusterAreNotDropped() throws Exception {
    WorkQueue full = new WorkQueue(1, 1 << 20);
    full.put(new Work.Events("cluster-2", EventBatch.of(List.of(), 30, 30)));
    assertThat(intake(full).isDue(CLUSTER)).isFalse();
    Reading.dropIfDue(intake(full), job);
    assertThat(job.notBefore()).isZero();
  }

  @Test
  void eachWriteBearsTheIndexThatItsKeyWasReadAt() throws Exception {
    happens(12, put("/conf/a", 11));
    read(new Chunks().at(10, put("/conf/a", 9)).at(20, put("/conf/b", 4)));
    assertThat(written).extracting(EventBatch::index).containsExactly(10L, 12L, 20L);
  }

  @Test
  void deletesBearTheIndexThatTheSinkReaches() throws Exception {
    sink.preset("/conf/gone", "x");
    Reading reading = read(new Chunks().at(10, put("/conf/a", 3)).at(20));
    happens(25);
    reading.finish();
    written.clear();
    pass.delete();
    assertThat(writes()).containsExactly(delete("/conf/gone", 25));
  }

  @Test
  void eventNewerThanTheLastChunkIsWritten() throws Exception {
    Reading reading = read(new Chunks().at(10, put("/conf/a", 3)).at(20, put("/conf/b", 4)));
    happens(21, put("/conf/b", 20), put("/conf/b", 21));
    reading.finish();
    assertThat(writes()).endsWith(put("/conf/b", 21)).doesNotContain(put("/conf/b", 20));
  }

  @Test
  void queueThatFillsEndsTheChunk() throws Exception {
    WorkQueue small = new WorkQueue(1, 1 << 20);
    small.put(new Work.Events(CLUSTER, EventBatch.of(List.of(), 15, 15)));
    Chunks from =
        new Chunks().at(10, put("/conf/a", 3), put("/conf/b", 3)).at(20, put("/conf/c", 4));
    Reading reading = reading(from, small);
    pass.walk(reading.over(from), sink.snapshot(mapper.selection()));
    assertThat(writes()).containsExactly(put("/conf/a", 3), put("/conf/c", 4));
    assertThat(reading.reached().index()).isEqualTo(20);
  }

  @Test
  void eventsTellTheNextAnchorAndWhatExpires() throws Exception {
    Expiry later = Expiry.in(Duration.ofHours(1));
    Put expiring = new Put(Bytes.utf8("/conf/a"), Bytes.EMPTY, 11, later);
    Anchors.Standing standing =
        new Anchors.Standing(Bytes.utf8("/conf/c"), 12, List.of(Bytes.utf8("/conf/c")));
    queue.put(
        new Work.Events(
            CLUSTER,
            EventBatch.of(List.of(expiring), 20, 20),
            List.of(standing),
            new LastChange(13, 13, 20),
            0,
            0));
    read(new Chunks().at(10, put("/conf/a", 9)).at(20)).finish();
    assertThat(pass.newest()).extracting(Anchors.Standing::version).containsExactly(12L);
    assertThat(pass.newestPut()).isEqualTo(13);
    assertThat(pass.expiring()).containsExactly(ExpiringKeys.hash(expiring.key()));
  }

  @Test
  void sinkIsLevelAsOfAMomentBeforeTheLastChunkWasRead() throws Exception {
    long before = System.nanoTime();
    Reading whole = reading(new Chunks().at(10), queue);
    assertThat(whole.readNanos() - before).isNotNegative();
    assertThat(System.nanoTime() - whole.readNanos()).isNotNegative();
    happens(20);
    long between = System.nanoTime();
    Reading reading = read(new Chunks().at(10, put("/conf/a", 9)).at(20));
    assertThat(reading.readNanos() - between).isNotNegative();
  }
}
