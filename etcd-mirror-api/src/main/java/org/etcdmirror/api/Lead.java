package org.etcdmirror.api;

import org.jspecify.annotations.Nullable;

/**
 * Who leads a link.
 *
 * @param leader the member that leads; null if none does
 * @param isMine whether that is the candidate that asked
 * @param lateWrites changes when a former leader {@linkplain Candidate#tellOfLateWrites tells} that
 *     writes of its may have come late; always 0 if the sink refuses such writes
 */
public record Lead(@Nullable String leader, boolean isMine, long lateWrites) {

  /** No member leads. */
  public static final Lead NONE = new Lead(null, false, 0);
}
