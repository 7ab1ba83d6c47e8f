package org.etcdmirror.service.run;

import java.io.IOException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.log.OneLine;

/**
 * How the process ends.
 *
 * @param exitCode 0 done or stopped, 1 failed for good, 2 bad usage, 3 there is something to do
 * @param lastLine the last line on the standard error stream; empty for none
 */
public record Outcome(int exitCode, String lastLine) {

  /** The exit code if both sides are equal. */
  public static final int EQUAL = 0;

  /** The exit code if they are not, or if nothing was done without --force. */
  public static final int DIFFERENT = 3;

  /** All is well. */
  public static final Outcome DONE = new Outcome(0, "");

  public static Outcome failed(String cause) {
    return new Outcome(1, line(cause));
  }

  public static Outcome failed(Throwable failure) {
    return failed(causeOf(failure));
  }

  /** Returns the cause of a failure in words for a person. */
  static String causeOf(Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof MirrorFailedException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    if (cause instanceof DeleteLimitException) {
      return cause.getMessage() + "; if the source is right, allow the deletes with --max-deletes";
    }
    if (cause instanceof SinkNotEmptyException) {
      return cause.getMessage() + "; --require-empty forbids keys there";
    }
    String message = cause.getMessage();
    boolean forPeople =
        cause instanceof PermanentException
            || cause instanceof UsageException
            || cause instanceof ServiceException
            || cause.getClass() == IOException.class;
    return forPeople && message != null ? message : cause.toString();
  }

  public static Outcome badUsage(String what) {
    return new Outcome(2, line(what));
  }

  private static String line(String text) {
    return "etcd-mirror: " + OneLine.of(text, " ");
  }
}
