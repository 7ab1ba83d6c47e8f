package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;

/** Whether the clocks of the servers agree with the one of this machine. */
record ClockCheck(Side side, EtcdPages pages, InstantSource clock) implements Check {

  /** The header has whole seconds, and the answer takes its time. */
  private static final Duration TOLERATED = Duration.ofSeconds(5);

  @Override
  public String name() {
    return side.name() + " clock";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    for (String endpoint : side.endpoints()) {
      try {
        Instant before = clock.instant();
        EtcdPages.Page page = pages.read(endpoint, "/version");
        Instant middle = before.plus(Duration.between(before, clock.instant()).dividedBy(2));
        add(findings, endpoint, page.date(), middle);
      } catch (IOException e) {
        findings.notChecked(e);
      }
    }
  }

  private static void add(Findings findings, String endpoint, String date, Instant here) {
    Instant there;
    try {
      there = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    } catch (DateTimeException e) {
      findings.notChecked(endpoint + " tells no time");
      return;
    }
    Duration skew = Duration.between(here, there);
    if (skew.abs().compareTo(TOLERATED) <= 0) {
      findings.ok("the clock of %s agrees".formatted(endpoint));
    } else {
      findings.warning(
          "the clock of %s is %d s %s this machine's"
              .formatted(
                  endpoint, skew.abs().toSeconds(), skew.isNegative() ? "behind" : "ahead of"),
          "synchronise both: the ages in the status and the dates of certificates depend on them");
    }
  }
}
