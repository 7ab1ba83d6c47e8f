package org.etcdmirror.v3.internal.client;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a request to one member may take. A fixed limit would always fail on a line that is too
 * slow for a large value. So the time grows with the bytes of all requests that share the line, and
 * for answers, whose size is not known before, each time-out doubles it and each answer brings it
 * down again. A member that is gone is noticed sooner, by the pings of its connection. Safe for use
 * by many threads.
 */
final class RequestTimes {

  private static final long MOST = Duration.ofMinutes(10).toNanos();

  /** A window of HTTP/2, 64 KiB, for each round trip of six seconds. */
  private static final long SLOWEST_BYTES_A_SECOND = 10_000;

  /** So much is on its way at once. */
  private static final long WINDOW = 64 * 1024;

  private long patience = V3Client.DEADLINE.toNanos();
  private long bytesUnderWay;

  /** A request is about to be sent. Returns its time limit. */
  synchronized Duration sent(Object request) {
    bytesUnderWay += bytes(request);
    long millis = 1000 * Math.max(0, bytesUnderWay - WINDOW) / SLOWEST_BYTES_A_SECOND;
    return Duration.ofNanos(patience).plusMillis(millis);
  }

  /**
   * It was answered or failed.
   *
   * @param nanos the time since it was sent
   * @param failure null if it was answered
   */
  synchronized void ended(Object request, long nanos, @Nullable Throwable failure) {
    bytesUnderWay -= bytes(request);
    if (failure == null) {
      patience = within(Math.max(2 * nanos, patience / 4 * 3));
    } else if (failure instanceof V3ErrorException late
        && late.code() == Status.Code.DEADLINE_EXCEEDED) {
      // Of requests that were sent together, only one doubles it.
      patience = within(Math.max(patience, Math.min(2 * patience, 2 * nanos)));
    }
  }

  private static long within(long nanos) {
    return Math.max(V3Client.DEADLINE.toNanos(), Math.min(MOST, nanos));
  }

  /** Protobuf keeps the size once it was computed. */
  private static long bytes(Object request) {
    return request instanceof MessageLite message ? message.getSerializedSize() : 0;
  }
}
