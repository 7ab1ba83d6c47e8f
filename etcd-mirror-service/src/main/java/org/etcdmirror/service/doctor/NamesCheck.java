package org.etcdmirror.service.doctor;

import java.util.List;

/**
 * Tells which servers DNS names. It is asked before the other checks are made, which look at these
 * servers.
 *
 * @param side {@code source} or {@code sink}
 * @param domain what DNS was asked for
 * @param servers what it named
 * @param failure why it named none; empty if it named some
 */
record NamesCheck(String side, String domain, List<String> servers, String failure)
    implements Check {

  @Override
  public String name() {
    return side + " names";
  }

  @Override
  public void run(Findings findings) {
    if (failure.isEmpty()) {
      findings.ok("DNS names for %s: %s".formatted(domain, String.join(", ", servers)));
    } else {
      findings.problem(
          failure, "correct the address or the records; nothing else of this side is checked");
    }
  }
}
