package org.etcdmirror.service.attack;

import java.util.List;
import java.util.Locale;

/**
 * The measurements of a service under one attack.
 *
 * @param processor processor time in the measured window, in percent of one core
 * @param lines the most lines of one cause within a minute
 * @param cause the cause that had the most lines
 * @param resident resident memory in MiB at the end of the attack
 * @param state the state on the status page at the end of the attack
 * @param levelAfter seconds from the end of the attack until both sides were equal
 * @param problems the failed expectations; empty if all is well
 */
record Result(
    Attack attack,
    double processor,
    int lines,
    String cause,
    long resident,
    String state,
    double levelAfter,
    List<String> problems) {

  /** The line of the report. */
  String line() {
    return "%-32s cpu %5.1f%%%s  log %3d/min  rss %4d MiB  %-12s level after %5.1f s  %s"
        .formatted(
            attack.name(),
            processor,
            attack.brings() ? "*" : " ",
            lines,
            resident,
            state.toLowerCase(Locale.ROOT),
            levelAfter,
            problems.isEmpty() ? "ok" : "FAILED: " + String.join("; ", problems));
  }
}
