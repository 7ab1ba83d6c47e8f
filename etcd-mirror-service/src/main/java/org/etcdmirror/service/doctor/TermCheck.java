package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.InspectableSource;

/**
 * Whether the sink answers so fast that a leader is prolonged within its term.
 *
 * @param term how long a lead lasts
 * @param sample sends some small requests
 */
record TermCheck(Duration term, Sample sample) implements Check {

  private static final int REQUESTS = 10;

  /** A member waits so long for an answer. */
  private static final int WAITS_A_TERM = 4;

  /** Under load, requests take longer than now. */
  private static final int RESERVE = 4;

  /** The time that the slowest of some requests took. */
  @FunctionalInterface
  interface Sample {
    Duration slowest() throws IOException, InterruptedException;
  }

  static TermCheck of(Side sink, Duration term) {
    return new TermCheck(term, () -> slowest(sink));
  }

  private static Duration slowest(Side sink) throws IOException, InterruptedException {
    try (InspectableSource cluster = sink.reader()) {
      // Not counted: it opens the connection.
      cluster.head(sink.selection());
      long slowest = 0;
      for (int i = 0; i < REQUESTS; i++) {
        long began = System.nanoTime();
        cluster.head(sink.selection());
        slowest = Math.max(slowest, System.nanoTime() - began);
      }
      return Duration.ofNanos(slowest);
    }
  }

  @Override
  public String name() {
    return "sink standby";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    long slowest = sample.slowest().toMillis();
    String text =
        "a request took %d ms, and with --standby-term %ds a member waits %d ms for its answer"
            .formatted(slowest, term.toSeconds(), term.dividedBy(WAITS_A_TERM).toMillis());
    long needed = slowest * WAITS_A_TERM * RESERVE;
    if (needed <= term.toMillis()) {
      findings.ok(text);
    } else {
      findings.warning(
          text,
          "use --standby-term %ds for all members, or find out why the sink is slow"
              .formatted(Duration.ofMillis(needed).toSeconds() + 1));
    }
  }
}
