package org.etcdmirror.quickstart;

/** A step of the quickstart failed; the message explains it to the user. */
public final class QuickstartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With the message for the user. */
  public QuickstartException(String message) {
    super(message);
  }
}
