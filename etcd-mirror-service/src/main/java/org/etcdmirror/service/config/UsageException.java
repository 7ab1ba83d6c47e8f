package org.etcdmirror.service.config;

import org.jspecify.annotations.Nullable;

/** An option is wrong or missing. The message is one line that names it. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
