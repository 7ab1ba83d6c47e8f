package org.etcdmirror.quickstart;

/** The story did not go as it should; the message is for a person. */
final class QuickstartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  QuickstartException(String message) {
    super(message);
  }
}
