package org.etcdmirror.service;

import org.jspecify.annotations.Nullable;

/** What was asked for makes no sense; the message is one line that names the option. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
