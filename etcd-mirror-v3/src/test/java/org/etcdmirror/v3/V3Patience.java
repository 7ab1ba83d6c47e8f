package org.etcdmirror.v3;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Reads as the engine does: retries after a failure that may be transient. */
public final class V3Patience {

  private V3Patience() {}

  public static <T> T read(Callable<T> question) {
    return await()
        .atMost(Duration.ofMinutes(3))
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(question, answer -> true);
  }
}
