package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;

/** A piece of work on the sink that takes time: what a {@link WorkObserver} is told. */
public sealed interface MirrorWork {

  /** The link that it belongs to. */
  String link();

  /**
   * A batch of events is written.
   *
   * @param batch what is to be written, under the sink's keys; what the sink turns out not to hold
   *     is still in it
   */
  record Apply(String link, EventBatch batch) implements MirrorWork {

    /** Refuses nulls. */
    public Apply {
      requireNonNull(link, "link");
      requireNonNull(batch, "batch");
    }
  }

  /**
   * Source and sink are compared, and what differs is written: a first copy or a resync.
   *
   * @param gap why
   */
  record Resync(String link, Gap gap) implements MirrorWork {

    /** Refuses nulls. */
    public Resync {
      requireNonNull(link, "link");
      requireNonNull(gap, "gap");
    }
  }
}
