package org.etcdmirror.benchmarks.report;

import java.time.Instant;
import java.util.List;

/**
 * A whole run.
 *
 * @param mode {@code quick} or {@code full}
 * @param runs how often each contestant had its turn
 * @param date when it began
 * @param version of etcd-mirror
 * @param machine on what
 * @param results of each workload
 */
public record Report(
    String mode, int runs, Instant date, String version, Machine machine, List<Results> results) {

  /** Copies the list. */
  public Report {
    results = List.copyOf(results);
  }
}
