package org.etcdmirror.service.doctor;

import java.io.IOException;

/**
 * Whether an alarm is raised, or a server is without a leader. A source with a full database can
 * still be read.
 */
record AlarmCheck(Side side, EtcdPages pages) implements Check {

  private static final String REMEDY =
      "see 'etcdctl alarm list'; for NOSPACE compact and defrag, then 'etcdctl alarm disarm'";

  @Override
  public String name() {
    return side.name() + " alarms";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    for (String endpoint : side.endpoints()) {
      try {
        add(findings, endpoint, pages.read(endpoint, "/health"));
      } catch (IOException e) {
        findings.notChecked(e);
      }
    }
  }

  private void add(Findings findings, String endpoint, EtcdPages.Page page) {
    if (page.body().contains("\"health\":\"true\"")) {
      findings.ok(endpoint + " has a leader and no alarm");
    } else if (page.body().contains("\"health\":\"false\"")) {
      String text = "%s is not healthy: %s".formatted(endpoint, page.body().strip());
      if (side.isSink()) {
        findings.problem(text, REMEDY);
      } else {
        findings.warning(text, REMEDY);
      }
    } else {
      findings.notChecked(
          "%s/health answered HTTP %d, which is no page of etcd"
              .formatted(endpoint, page.status()));
    }
  }
}
