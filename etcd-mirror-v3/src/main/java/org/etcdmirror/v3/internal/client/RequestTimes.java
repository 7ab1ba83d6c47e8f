package org.etcdmirror.v3.internal.client;

import com.google.protobuf.MessageLite;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a request may take. A fixed limit would always fail on a line that is too slow for a
 * large value, so the time grows with the bytes of all requests that share the line. A server
 * that is gone is noticed sooner, by the pings of its connection. Safe for use by many threads.
 */
final class RequestTimes {

  /** A window of HTTP/2, 64 KiB, for each round trip of six seconds. */
  private static final long SLOWEST_BYTES_A_SECOND = 10_000;

  /** So much is on its way at once. */
  private static final long WINDOW = 64 * 1024;

  private final AtomicLong underWay = new AtomicLong();

  /** A request is about to be sent. Returns its time limit. */
  Duration sent(Object request) {
    long bytes = underWay.addAndGet(bytes(request));
    long millis = 1000 * Math.max(0, bytes - WINDOW) / SLOWEST_BYTES_A_SECOND;
    return V3Client.DEADLINE.plusMillis(millis);
  }

  /** It was answered, or it failed. */
  void ended(Object request) {
    underWay.addAndGet(-bytes(request));
  }

  /** Protobuf keeps the size once it was computed. */
  private static long bytes(Object request) {
    return request instanceof MessageLite message ? message.getSerializedSize() : 0;
  }
}
