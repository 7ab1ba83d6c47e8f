package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A resync would delete more than the {@link DeleteLimit} allows. Nothing was deleted. */
public final class DeleteLimitException extends PermanentException {

  private static final long serialVersionUID = 1L;

  DeleteLimitException(String message) {
    super(message);
  }
}
