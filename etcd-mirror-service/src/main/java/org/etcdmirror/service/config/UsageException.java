package org.etcdmirror.service.config;

import org.jspecify.annotations.Nullable;

/** What was asked for makes no sense; the message is one line that names the option. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
