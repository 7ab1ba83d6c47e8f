package org.etcdmirror.api;

/**
 * When a selection of a source changed last, as far as a mirror read it. A source that was put back
 * from a backup under the same cluster id may contradict it.
 *
 * @param put no entry that the selection holds at {@code through} was put after this index; 0 if it
 *     holds none
 * @param any the selection did not change in any way after this index, through {@code through}; at
 *     least {@code put}
 * @param through the index through which the source was read; at least {@code any}
 */
public record LastChange(long put, long any, long through) {

  /** Refuses indexes that are negative or out of order. */
  public LastChange {
    if (put < 0 || any < put || through < any) {
      throw new IllegalArgumentException(
          "indexes of the last change must grow: put=%d, any=%d, through=%d"
              .formatted(put, any, through));
    }
  }

  /** Returns what is known of a selection that may have changed at this index. */
  public static LastChange at(long index) {
    return new LastChange(index, index, index);
  }

  /** Returns the last change of this and of what was read next. */
  public LastChange then(LastChange next) {
    return new LastChange(
        Math.max(put, next.put), Math.max(any, next.any), Math.max(through, next.through));
  }

  /** Returns whether it claims anything: that there was a time without a change. */
  public boolean isClaim() {
    return put < through;
  }
}
