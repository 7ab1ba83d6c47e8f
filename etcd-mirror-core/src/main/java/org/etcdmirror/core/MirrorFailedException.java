package org.etcdmirror.core;

/** The mirror is in {@link MirrorState#FAILED}; the cause is what stopped it. */
public final class MirrorFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A mirror that was stopped by the cause. */
  public MirrorFailedException(String link, Throwable cause) {
    super(link + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
  }
}
