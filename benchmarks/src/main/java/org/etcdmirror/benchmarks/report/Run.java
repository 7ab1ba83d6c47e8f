package org.etcdmirror.benchmarks.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * One call of the benchmark. A report may hold the workloads of several.
 *
 * @param date when it began
 * @param version of etcd-mirror
 * @param turns how often each contestant had its turn
 * @param machine on what
 */
public record Run(Instant date, String version, int turns, Machine machine) {

  /** The date for people, in UTC. */
  String day() {
    return date.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES).toString();
  }
}
