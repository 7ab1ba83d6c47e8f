package org.etcdmirror.core;

/**
 * What a mirror is doing. If several states apply at once, the first of these is reported: {@link
 * #FAILED}, {@link #STOPPED}, {@link #STOPPING}, {@link #CREATED}, {@link #STANDBY}, {@link
 * #BLOCKED}, {@link #PAUSED}, {@link #RETRYING} or {@link #CONNECTING}, {@link #RESYNCING}, {@link
 * #FOLLOWING}.
 */
public enum MirrorState {
  /** Built, not started. */
  CREATED,
  /**
   * Another member of the link leads, or none does yet. Nothing is written. See {@link Standby} and
   * {@link MirrorStatus#membership()}.
   */
  STANDBY,
  /**
   * Started, but the source has not answered yet. The mirror retries without limit. {@link
   * MirrorStatus#lastError()} shows the last failure.
   */
  CONNECTING,
  /**
   * The sink is not known to be level with the source: a gap was found, or the first copy is not
   * finished. The mirror compares source and sink and writes the differences, and already follows
   * the source; or it is about to skip the gap.
   */
  RESYNCING,
  /** The sink follows the source. */
  FOLLOWING,

  /** Nothing is written because {@link EtcdMirror#pause} was called. */
  PAUSED,

  /** Nothing is written until a person approves it; see {@link MirrorStatus#pending()}. */
  BLOCKED,
  /**
   * Source, sink or index store do not answer any more. The mirror retries with back-off, without
   * limit.
   */
  RETRYING,
  /** Closing: the mirror finishes the current batch. */
  STOPPING,
  /** Closed. The index of the applied events is stored. */
  STOPPED,
  /** Stopped by a permanent failure; see {@link MirrorStatus#lastError()}. */
  FAILED;

  /** Whether the mirror will never work again. */
  public boolean isFinal() {
    return this == STOPPED || this == FAILED;
  }
}
