package org.etcdmirror.core.internal.snapshot;

import java.io.IOException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.ForwardingSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that goes on at a newer index where its own one was cleared or compacted. So it is the
 * state of each chunk at one index, and of all of them at none. Used by one thread.
 */
public final class ChunkedSnapshot extends ForwardingSnapshot {

  /** Receives the bounds of each chunk. */
  public interface Seams {

    /** Whether a new chunk is wanted though the present index lasts. */
    default boolean isDue() {
      return false;
    }

    /**
     * Comes before the next chunk is asked for; all entries that were returned are done with.
     *
     * @param last the last key of the chunk
     * @param head whose state the chunk is
     */
    default void chunkEnds(Bytes last, SourceHead head) throws IOException, InterruptedException {}

    /** The next chunk is open, and is the state of this. */
    default void chunkBegins(SourceHead head) throws IOException, InterruptedException {}

    /** The end; called once. */
    default void sourceEnds() throws IOException, InterruptedException {}
  }

  private static final Seams NONE = new Seams() {};

  private final Seams seams;
  private @Nullable Bytes last;

  /** Whether the present chunk has brought something. */
  private boolean brought;

  /** Whether there was no chunk yet that brought nothing. */
  private boolean patient = true;

  private boolean over;

  public ChunkedSnapshot(Snapshot snapshot, Seams seams) {
    super(snapshot);
    this.seams = seams;
  }

  /** The snapshot, read on in chunks if it can be. */
  public static Snapshot of(Snapshot snapshot) {
    return snapshot.isRenewable() ? new ChunkedSnapshot(snapshot, NONE) : snapshot;
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    if (brought && seams.isDue()) {
      goOn();
    }
    while (true) {
      try {
        return took(snapshot.next());
      } catch (SnapshotExpiredException e) {
        // Without progress the caller repeats the whole read, with back-off.
        if (!brought && !patient) {
          throw e;
        }
        patient = brought;
        goOn();
      }
    }
  }

  private @Nullable Entry took(@Nullable Entry entry) throws IOException, InterruptedException {
    if (entry != null) {
      last = entry.key();
      brought = true;
    } else if (!over) {
      over = true;
      seams.sourceEnds();
    }
    return entry;
  }

  private void goOn() throws IOException, InterruptedException {
    Bytes end = last;
    if (end != null) {
      seams.chunkEnds(end, snapshot.head());
    }
    snapshot.renew();
    brought = false;
    seams.chunkBegins(snapshot.head());
  }

  @Override
  public void renew() throws IOException, InterruptedException {
    goOn();
  }
}
