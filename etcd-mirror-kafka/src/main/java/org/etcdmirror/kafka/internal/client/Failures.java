package org.etcdmirror.kafka.internal.client;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.etcdmirror.api.PermanentException;

/** What an error of Kafka means to a mirror. */
public final class Failures {

  private Failures() {}

  /**
   * Returns what passes as an {@link IOException}.
   *
   * @param what "cannot ...", with the topic and the index as far as they are known
   * @throws PermanentException if repeating will not cure it
   * @throws InterruptedException if the thread was interrupted
   */
  public static IOException of(String what, Throwable thrown) throws InterruptedException {
    Throwable cause = cause(thrown);
    if (cause instanceof InterruptException) {
      // Kafka sets the flag besides.
      Thread.interrupted();
      throw new InterruptedException(what);
    }
    String message = "%s: %s".formatted(what, described(cause));
    if (cause instanceof AuthorizationException) {
      throw new PermanentException(
          message + "; grant the right to the user of the settings file", thrown);
    }
    if (cause instanceof SaslAuthenticationException) {
      throw new PermanentException(
          message + "; correct user and password in the settings file", thrown);
    }
    if (isWrongSetting(cause)) {
      throw new PermanentException(message + "; correct the settings", thrown);
    }
    return new IOException(message, thrown);
  }

  private static boolean isWrongSetting(Throwable cause) {
    return cause instanceof ConfigException
        || cause instanceof InvalidConfigurationException
        || cause instanceof InvalidReplicationFactorException
        || cause instanceof InvalidTopicException
        || cause instanceof InvalidTxnTimeoutException
        || cause instanceof UnsupportedVersionException
        // A client wraps what is wrong with a file of keys or a login module.
        || cause.getCause() instanceof ConfigException;
  }

  /** What an answer holds in place of a result. */
  public static Throwable cause(Throwable thrown) {
    return thrown instanceof ExecutionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Whether another producer of the same transactional id began, or the broker ended ours. */
  public static boolean isLossOfEpoch(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof ProducerFencedException || t instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  private static String described(Throwable cause) {
    String message = cause.getMessage();
    String kind = cause.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message;
  }
}
