package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A cut-over was given up. Nothing is marked, and the mirror may go on as before. */
public final class CutoverException extends PermanentException {

  private static final long serialVersionUID = 1L;

  /** A cut-over that was given up, for the reason that the message gives. */
  public CutoverException(String message) {
    super(message);
  }
}
