package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A cut-over was given up. Nothing is marked, and the mirror may go on as before. */
public final class CutoverException extends PermanentException {

  private static final long serialVersionUID = 1L;

  CutoverException(String message) {
    super(message);
  }

  static CutoverException notLevel(MirrorStatus status) {
    return new CutoverException(
        "%s is not cut over: its sink did not come level in time; it is %s at source index %d of %d"
            .formatted(status.link(), status.state(), status.index(), status.sourceIndex()));
  }
}
