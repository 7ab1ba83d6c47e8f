package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * Something that a source noticed and that an operator should know, though nothing is lost by it.
 * The engine counts notices by kind and tells listeners and the log.
 *
 * @param kind what it is
 * @param count how many times, or how many events, it stands for; at least 1
 * @param detail one line for a person, with the key, index and endpoint as far as they are known
 */
public record SourceNotice(Kind kind, long count, String detail) {

  /** What was noticed. */
  public enum Kind {
    /** A stream had silently lost events; all of them were read again from history. */
    STREAM_REPAIRED,

    /**
     * A watch was taken over by a new one without history, which other traffic had pushed out; the
     * old watch was intact, so nothing was missed.
     */
    HISTORY_OUTRUN,

    /**
     * A value holds U+FFFD: etcd v2 answers in JSON and replaces each byte that is not UTF-8 by it,
     * so the original may have been different bytes.
     */
    LOSSY_VALUE,

    /**
     * Something on the way to a source, such as an HTTP proxy, does not let it prove that nothing
     * happened. The index moves with events only; what falls out of history meanwhile is a gap.
     */
    SILENCE_UNPROVEN
  }

  /** Refuses nulls and counts below 1. */
  public SourceNotice {
    requireNonNull(kind, "kind");
    requireNonNull(detail, "detail");
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1: " + count);
    }
  }
}
