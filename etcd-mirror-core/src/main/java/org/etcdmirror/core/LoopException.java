package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** What the mirror would write would come back to it as something to mirror. */
public final class LoopException extends PermanentException {

  private static final long serialVersionUID = 1L;

  /** A loop, described by the message. */
  public LoopException(String message) {
    super(message);
  }
}
