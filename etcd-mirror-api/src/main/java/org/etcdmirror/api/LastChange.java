package org.etcdmirror.api;

import org.jspecify.annotations.Nullable;

/**
 * When a selection of a source changed last, as far as a mirror read it. A source that was put back
 * from a backup under the same cluster id may contradict it.
 *
 * @param put no entry that the selection holds at {@code through} was put after this index; 0 if it
 *     holds none
 * @param any the selection did not change in any way after this index, through {@code through}; at
 *     least {@code put}
 * @param through the index through which the source was read; at least {@code any}
 * @param deleted what the change at {@code any} deleted, a key or a whole tree, if that was the
 *     last change: no entry of this name exists at {@code through}; null if nothing is known to be
 *     gone
 */
public record LastChange(long put, long any, long through, @Nullable Bytes deleted) {

  /** Refuses indexes that are negative or out of order. */
  public LastChange {
    if (put < 0 || any < put || through < any) {
      throw new IllegalArgumentException(
          "indexes of the last change must grow: put=%d, any=%d, through=%d"
              .formatted(put, any, through));
    }
  }

  /** A last change that is not known to have deleted something. */
  public LastChange(long put, long any, long through) {
    this(put, any, through, null);
  }

  /** Returns what is known of a selection that may have changed at this index. */
  public static LastChange at(long index) {
    return new LastChange(index, index, index);
  }

  /** Returns the last change of this and of what was read next. */
  public LastChange then(LastChange next) {
    boolean isLater = next.any > 0 && next.any >= any;
    return new LastChange(
        Math.max(put, next.put),
        Math.max(any, next.any),
        Math.max(through, next.through),
        isLater ? next.deleted : deleted);
  }

  /** Returns whether it claims anything: that there was a time without a put. */
  public boolean isClaim() {
    return put < through;
  }
}
