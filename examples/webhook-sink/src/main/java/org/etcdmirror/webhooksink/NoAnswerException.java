package org.etcdmirror.webhooksink;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request was sent, and it is not known whether it was or will be carried out. */
final class NoAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  NoAnswerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
