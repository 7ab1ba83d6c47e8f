package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A cut-over was given up. Nothing is marked, and the mirror may go on as before. */
public final class CutoverException extends PermanentException {

  private static final long serialVersionUID = 1L;

  CutoverException(String message) {
    super(message);
  }

  static CutoverException notLevel(MirrorStatus status) {
    MirrorStatus.Suspects suspects = status.suspects();
    return new CutoverException(
        "%s is not cut over: its sink did not come level in time; it is %s at source index %d of %d%s"
            .formatted(
                status.link(),
                status.state(),
                status.index(),
                status.sourceIndex(),
                suspects == null
                    ? ""
                    : "; writes of unknown outcome may still change it: " + suspects.describe()));
  }
}
