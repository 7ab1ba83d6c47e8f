package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
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

/** Where a transform renames keys, all is brought to one index before anything is written. */
@Timeout(30)
class RenamedReadingTest {

  private static final String CLUSTER = "cluster-1";
  private static final Gap GAP = new Gap(Gap.Reason.FORCED, 1, 0, 9);

  private final FakeSink sink = new FakeSink(KeyModel.BYTES);
  private final UnstartedMirror mirror = renaming();
  private final MirrorRuntime runtime = mirror.runtime();
  private final KeyMapper mapper = mirror.mapper();
  private final EntryCheck check = new EntryCheck(mirror.settings(), runtime);
  private final List<EventBatch> written = new ArrayList<>();
  private final WorkQueue queue = new WorkQueue(1000, 1 << 20);
  private final ResyncJob job =
      new ResyncJob(new Work.Resync(GAP, CLUSTER, 0, 0, false), GAP, false);

  private UnstartedMirror renaming() {
    UnstartedMirror of = new UnstartedMirror(new FakeSource(KeyModel.BYTES), sink);
    Transform toUpper =
        Transform.ofKeys("upper", key -> Bytes.utf8("/conf/" + upper(key.toString())));
    of.scope = MirrorScope.builder().prefix("/conf").transform(toUpper).build();
    return of;
  }

  private static String upper(String key) {
    return key.substring("/conf/".length()).toUpperCase(Locale.ROOT);
  }

  private static Put put(String key, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8("at " + index), index, null);
  }

  private void happens(WorkQueue to, long through, MirrorEvent... events)
      throws InterruptedException {
    to.put(new Work.Events(CLUSTER, EventBatch.of(List.of(events), through, through)));
  }

  private Reading read(Chunks from, WorkQueue stream) throws Exception {
    ResyncPass pass =
        new ResyncPass(
            mapper,
            FormerEntries.none(mapper),
            check,
            new CheckpointNotes(mirror.settings(), runtime).expiring(),
            written::add,
            100,
            false,
            runtime.shutdown());
    Reading reading =
        new Reading(
            new Intake(stream, runtime.shutdown(), batch -> {}),
            job,
            mapper,
            from.head(),
            System.nanoTime(),
            pass,
            new Meanwhile("test", runtime.progress(), check, written::add));
    pass.walk(reading.over(from), sink.snapshot(mapper.selection()));
    return reading;
  }

  private List<MirrorEvent> writes() {
    return written.stream().flatMap(batch -> batch.events().stream()).toList();
  }

  @Test
  void eventsChangeEntriesThatWereNotWrittenYet() throws Exception {
    happens(queue, 20, put("/conf/B", 11), new Delete(Bytes.utf8("/conf/A"), 12));
    Chunks from =
        new Chunks().at(10, put("/conf/a", 9), put("/conf/b", 9)).at(20, put("/conf/c", 4));
    Reading reading = read(from, queue);
    assertThat(reading.finish()).isTrue();
    assertThat(reading.reached()).isEqualTo(new SourceHead(CLUSTER, 20));
    assertThat(writes()).containsExactly(put("/conf/B", 11), put("/conf/C", 4));
  }

  @Test
  void eventOlderThanTheEntryThatWasReadIsDropped() throws Exception {
    happens(queue, 12);
    happens(queue, 25, new Delete(Bytes.utf8("/conf/C"), 3));
    Chunks from = new Chunks().at(10, put("/conf/a", 9)).at(25, put("/conf/c", 4));
    read(from, queue).finish();
    assertThat(writes()).containsExactly(put("/conf/A", 9), put("/conf/C", 4));
  }

  /** Chunks at whose end this happens to the source. */
  private Chunks endingWith(WorkQueue to, long through, MirrorEvent event) {
    return new Chunks() {
      @Override
      public MirrorEvent.@Nullable Entry next() throws SnapshotExpiredException {
        MirrorEvent.Entry next = super.next();
        if (next == null) {
          try {
            happens(to, through, event);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
        return next;
      }
    };
  }

  @Test
  void streamIsTakenThroughTheLastChunkBeforeAnythingIsWritten() throws Exception {
    Chunks from = endingWith(queue, 20, new Delete(Bytes.utf8("/conf/A"), 18));
    from.at(10, put("/conf/a", 9)).at(20, put("/conf/c", 4));
    Reading reading = read(from, queue);
    assertThat(reading.finish()).isTrue();
    assertThat(writes()).containsExactly(put("/conf/C", 4));
  }

  @Test
  void queueThatFillsIsTakenBetweenTheWrites() throws Exception {
    WorkQueue small = new WorkQueue(1, 1 << 20);
    Chunks from = endingWith(small, 15, put("/conf/B", 15));
    from.at(10, put("/conf/a", 9), put("/conf/b", 9));
    read(from, small);
    assertThat(writes()).containsExactly(put("/conf/A", 9), put("/conf/B", 15));
    assertThat(job.notBefore()).isEqualTo(15);
  }
}
