package org.etcdmirror.core.internal.queue;

import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.run.Doubts;

/** A piece of work that the reader hands to the applier, in order. */
public sealed interface Work {

  /**
   * Events to apply, under the sink's keys.
   *
   * @param clusterId the cluster that they come from
   * @param batch the events
   * @param standing puts of the source, some of the newest, that stand at the end of the batch
   * @param last when the source's selection changed last, as far as these events say
   * @param comparedAt the index of an event that is not in the batch because only a comparison
   *     tells what it means for the sink; 0 for none
   * @param bytes about how much memory they take
   * @param readNanos as of when the source was at the end of the batch, by {@link
   *     System#nanoTime()}
   */
  record Events(
      String clusterId,
      EventBatch batch,
      List<Anchors.Standing> standing,
      LastChange last,
      long comparedAt,
      long bytes,
      long readNanos)
      implements Work {

    /** A rough figure for the memory of one event besides its key and value. */
    private static final int OVERHEAD = 100;

    /** Events, and their size. */
    public Events(
        String clusterId,
        EventBatch batch,
        List<Anchors.Standing> standing,
        LastChange last,
        long comparedAt,
        long readNanos) {
      this(clusterId, batch, standing, last, comparedAt, size(batch), readNanos);
    }

    /** Events and nothing else. */
    public Events(String clusterId, EventBatch batch) {
      this(clusterId, batch, List.of(), LastChange.at(batch.index()), 0, batch.seenNanos());
    }

    private static long size(EventBatch batch) {
      long bytes = OVERHEAD;
      for (MirrorEvent event : batch.events()) {
        bytes += OVERHEAD + event.key().size();
        if (event instanceof MirrorEvent.Put put) {
          bytes += put.value().size();
        }
      }
      return bytes;
    }
  }

  /** The recovery from a gap. It ends all doubts that are known by then. */
  sealed interface Recovery extends Work, Anchors.Recovery {

    /** The gap. */
    Gap gap();

    /** The cluster that is followed from now on. */
    String clusterId();

    /** The index after which events follow in the queue. */
    long streamStart();

    /** The number of the last of the {@link Doubts} that it ends. */
    long doubts();
  }

  /**
   * A resync, unless the sink is at {@code streamStart} already.
   *
   * @param gap why
   * @param clusterId the cluster that is followed from now on
   * @param streamStart the index after which events follow in the queue
   * @param doubts all {@link Doubts} through this number are ended by it
   * @param onlyEvents whether, since the recovery before it, events are missing and nothing else,
   *     so that a reading of the same source at or after {@code streamStart} is all that is needed
   */
  record Resync(Gap gap, String clusterId, long streamStart, long doubts, boolean onlyEvents)
      implements Recovery {}

  /**
   * Go on after a gap without what happened in it.
   *
   * @param gap what is skipped
   * @param clusterId the cluster that is followed from now on
   * @param streamStart the index after which events follow in the queue
   * @param doubts all {@link Doubts} through this number are ended by it
   */
  record Skip(Gap gap, String clusterId, long streamStart, long doubts) implements Recovery {}

  /**
   * The source failed for good; what stands before this is still to be applied.
   *
   * @param cause why
   */
  record Failure(Throwable cause) implements Work {

    /** The cause as what ends a mirror; an error is thrown at once. */
    public RuntimeException unchecked() {
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException known
          ? known
          : new PermanentException(cause.toString(), cause);
    }
  }
}
