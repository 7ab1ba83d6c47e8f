package org.etcdmirror.quickstart;

/** A step of the quickstart failed; the message explains it to the user. */
final class QuickstartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  QuickstartException(String message) {
    super(message);
  }
}
