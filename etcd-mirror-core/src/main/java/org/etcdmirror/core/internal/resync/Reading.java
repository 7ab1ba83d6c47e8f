package org.etcdmirror.core.internal.resync;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the source by a resync, and what happens to the source meanwhile.
 *
 * <p>Where the source's index does not last, the source is read in chunks, each at a newer index.
 * The stream is taken between them: an event of a key that was read is applied if it is newer than
 * the chunk that held the key; an event of a key that was not read is dropped, as its chunk will
 * hold it. So no key goes back. A chunk also ends where the hand-over is half full, because a
 * stream that is not taken falls behind what is compacted.
 *
 * <p>Where a transform renames keys, all of the source is held in memory before anything is
 * written, so events change it there until their key is visited. Used by the applier's thread.
 */
final class Reading implements ChunkedSnapshot.Seams {

  private static final int BATCH_EVENTS = 1000;
  private static final long BATCH_BYTES = 1L << 20;

  /** More chunks than these are not begun before the stream has come on. */
  private static final int MOST_CHUNKS = 64;

  private final Intake intake;
  private final ResyncJob job;
  private final KeyMapper mapper;

  /** Null if the reading only looks: whatever happens is left to the next one then. */
  private final @Nullable ResyncPass pass;

  private final @Nullable Meanwhile meanwhile;
  private final ChunkBounds bounds;
  private final SourceHead first;
  private SourceHead head;
  private long readNanos;
  private boolean chunked;

  /** The index of all keys, where these are renamed. */
  private long renamedAt;

  /** The stream was taken through this. */
  private long taken;

  /**
   * A reading.
   *
   * @param head what the snapshot begins with
   * @param readNanos not after the source was at that, by {@link System#nanoTime()}
   * @param pass what is done with the entries; null if they are only looked at
   * @param meanwhile what is done with events; null if they are left to another reading
   */
  Reading(
      Intake intake,
      ResyncJob job,
      KeyMapper mapper,
      SourceHead head,
      long readNanos,
      @Nullable ResyncPass pass,
      @Nullable Meanwhile meanwhile) {
    this.intake = intake;
    this.job = job;
    this.mapper = mapper;
    this.pass = pass;
    this.meanwhile = meanwhile;
    this.bounds = new ChunkBounds(mapper.sourceOrder());
    this.first = head;
    this.head = head;
    this.readNanos = readNanos;
    this.renamedAt = head.index();
    this.taken = job.notBefore();
  }

  /** The snapshot, to be read through this. */
  Snapshot over(Snapshot from) {
    if (!from.isRenewable() || mapper.sourceModel() != KeyModel.BYTES) {
      // A deleted tree may be read in part.
      return from;
    }
    if (pass != null && mapper.renames() && intake.isThere()) {
      pass.diff().found().renamed().streamed();
      pass.diff().between(this::takeIfDue);
    }
    return new ChunkedSnapshot(from, this);
  }

  /** Drops what has happened by now, before a snapshot is opened that will hold it. */
  static void dropIfDue(Intake intake, ResyncJob job) {
    if (intake.isDue(job.clusterId())) {
      for (Work.Events next = intake.poll(job.clusterId());
          next != null;
          next = intake.poll(job.clusterId())) {
        job.dropped(next.batch().index());
      }
    }
  }

  @Override
  public boolean isDue() {
    return intake.isDue(job.clusterId());
  }

  @Override
  public void chunkEnds(Bytes last, SourceHead chunk) throws IOException, InterruptedException {
    bounds.read(last, chunk.index());
    takeAll();
    intake.requireGoingOn(job.clusterId());
    while (bounds.size() > MOST_CHUNKS && intake.isThere()) {
      take(intake.await(job.clusterId()));
    }
    readNanos = System.nanoTime();
  }

  @Override
  public void chunkBegins(SourceHead chunk) throws OtherHistoryException {
    if (!chunk.clusterId().equals(head.clusterId())
        || chunk.index() < Math.max(head.index(), taken)) {
      throw new OtherHistoryException(
          "source changed during the read: cluster %s at index %d (stream at %d), now cluster %s at %d"
              .formatted(head.clusterId(), head.index(), taken, chunk.clusterId(), chunk.index()));
    }
    chunked = true;
    head = chunk;
    if (pass != null) {
      pass.at(chunk.index());
    }
  }

  /** Renamed entries are visited only when everything read belongs to one index. */
  @Override
  public void sourceEnds() throws IOException, InterruptedException {
    if (chunked && mapper.renames() && intake.isThere() && meanwhile != null) {
      takeThroughTheLastChunk();
      renamedAt = taken;
    }
  }

  private void takeThroughTheLastChunk() throws IOException, InterruptedException {
    bounds.readToTheEnd(head.index());
    while (taken < head.index()) {
      take(intake.await(job.clusterId()));
    }
  }

  private void takeIfDue() throws IOException, InterruptedException {
    if (isDue()) {
      takeAll();
    }
  }

  private void takeAll() throws IOException, InterruptedException {
    if (pass != null) {
      untilStopped(pass::flush);
    }
    for (Work.Events next = intake.poll(job.clusterId());
        next != null;
        next = intake.poll(job.clusterId())) {
      take(next);
    }
  }

  /** This and what has come behind it, as far as that goes into one batch. */
  private void take(Work.Events first) throws IOException, InterruptedException {
    List<MirrorEvent> news = new ArrayList<>();
    long bytes = 0;
    for (Work.Events next = first;
        next != null;
        next =
            news.size() < BATCH_EVENTS && bytes < BATCH_BYTES
                ? intake.poll(job.clusterId())
                : null) {
      bytes += next.batch().bytes();
      taken = Math.max(taken, next.batch().index());
      if (meanwhile != null && pass != null) {
        learn(next, news, pass);
      }
    }
    if (meanwhile != null && pass != null) {
      if (taken > head.index()) {
        pass.at(taken);
      }
      Meanwhile events = meanwhile;
      ResyncPass into = pass;
      untilStopped(() -> events.write(news, taken, into));
    }
    job.dropped(taken);
    bounds.streamed(taken);
  }

  /** The read of a snapshot does not notice the mirror's stop. */
  private static void untilStopped(Retry.Action action) throws IOException, InterruptedException {
    try {
      action.run();
    } catch (Retry.StoppedException e) {
      throw new StreamLostException("the mirror is stopping");
    }
  }

  private void learn(Work.Events work, List<MirrorEvent> news, ResyncPass into) {
    for (Anchors.Standing put : work.standing()) {
      into.diff().found().newest().add(put);
    }
    into.diff().found().put(work.last().put());
    for (MirrorEvent event : work.batch().events()) {
      into.diff().found().happened(event);
      if (isNews(event)
          && !(mapper.renames() && into.diff().found().renamed().happened(event))
          && into.happened(event)) {
        news.add(event);
      }
    }
  }

  private boolean isNews(MirrorEvent event) {
    long readAt =
        mapper.renames()
            ? renamedAt
            : bounds.readAt(requireNonNull(mapper.sourceKey(event.key()), "a key in scope"));
    return event.index() > readAt || (event instanceof Refresh && event.index() == readAt);
  }

  /**
   * The source is read to its end, and all of it was visited: brings the sink to one index.
   *
   * @return false if there is no stream that could do that, so that the source is to be read anew
   */
  boolean finish() throws IOException, InterruptedException {
    if (!chunked) {
      return true;
    }
    if (!intake.isThere()) {
      return false;
    }
    if (!mapper.renames()) {
      takeThroughTheLastChunk();
    }
    if (pass != null) {
      pass.at(reached().index());
    }
    return true;
  }

  /** The head that the sink has reached, if {@link #finish} returned true. */
  SourceHead reached() {
    return new SourceHead(first.clusterId(), Math.max(head.index(), taken));
  }

  /** The index at or after which each key was read. */
  long readFrom() {
    return first.index();
  }

  /** A time at which the source was at the reached head or before it. */
  long readNanos() {
    return readNanos;
  }
}
