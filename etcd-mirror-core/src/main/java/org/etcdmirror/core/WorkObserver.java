package org.etcdmirror.core;

import org.jspecify.annotations.Nullable;

/**
 * Is told when the mirror begins and ends a piece of work, as what makes spans of a trace has to
 * be. {@code org.etcdmirror.core.micrometer.MirrorObservations} makes Micrometer observations of
 * it.
 *
 * <p>Each beginning is followed by exactly one end, on the same thread, and no other work of the
 * same mirror begins in between. Repetitions of a call that fails transiently are part of one piece
 * of work. Called on the mirror's thread that writes, so it must be fast and must not wait for the
 * mirror. Exceptions that it throws are logged and otherwise ignored.
 */
@FunctionalInterface
public interface WorkObserver {

  /** Work begins. Returns who is told of its end. */
  Ongoing begin(MirrorWork work);

  /** Work that has begun. */
  interface Ongoing {

    /**
     * It is done, and durable in the sink.
     *
     * @param written how many keys were written; for a batch, how many events
     * @param deleted how many keys a resync deleted; 0 for a batch
     */
    void done(long written, long deleted);

    /**
     * It ended and is not done. The mirror does it again in another way, asks a person, or ends.
     *
     * @param why null if a resync begins again because the source has changed meanwhile
     */
    void undone(@Nullable Throwable why);
  }
}
