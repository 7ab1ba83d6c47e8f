package org.etcdmirror.core;

/**
 * What a mirror is doing. Where several are true at once, the first of these is told: {@link
 * #FAILED}, {@link #STOPPED}, {@link #STOPPING}, {@link #CREATED}, {@link #BLOCKED}, {@link
 * #PAUSED}, {@link #RETRYING} or {@link #CONNECTING}, {@link #RESYNCING}, {@link #FOLLOWING}.
 */
public enum MirrorState {
  /** Built, not started. */
  CREATED,
  /**
   * Started; the source has not answered yet, and is tried again without limit. {@link
   * MirrorStatus#lastError()} shows the last failure.
   */
  CONNECTING,
  /**
   * The sink is not known to be level with the source: a gap was found, or the first copy is not
   * finished. Source and sink are compared and the differences written, while the source is being
   * followed already; or the gap is about to be skipped.
   */
  RESYNCING,
  /** The sink follows the source. */
  FOLLOWING,

  /** Nothing is written because {@link EtcdMirror#pause} was called. */
  PAUSED,

  /** Nothing is written until a person approves it; see {@link MirrorStatus#pending()}. */
  BLOCKED,
  /**
   * Source, sink or index store do not answer any more; they are tried again with back-off, for
   * ever.
   */
  RETRYING,
  /** Closing: the batch in hand is being finished. */
  STOPPING,
  /** Closed, and what was applied is stored. */
  STOPPED,
  /** Stopped for a reason that repeating will not cure; see {@link MirrorStatus#lastError()}. */
  FAILED;

  /** Whether the mirror will never work again. */
  public boolean isFinal() {
    return this == STOPPED || this == FAILED;
  }
}
