package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the database of each server has room.
 *
 * @param almostFull the share of the quota that is too much
 */
record QuotaCheck(Side side, EtcdPages pages, double almostFull) implements Check {

  /** The share that leaves time to act. */
  static final double ALMOST_FULL = 0.8;

  private static final Pattern QUOTA = metric("etcd_server_quota_backend_bytes");
  private static final Pattern SIZE = metric("etcd_mvcc_db_total_size_in_bytes");
  private static final double MIB = 1 << 20;

  private static Pattern metric(String name) {
    return Pattern.compile("(?m)^" + name + " ([0-9.e+]{1,30})$");
  }

  @Override
  public String name() {
    return side.name() + " quota";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    for (String endpoint : side.endpoints()) {
      try {
        String metrics = pages.read(endpoint, "/metrics").body();
        Matcher quota = QUOTA.matcher(metrics);
        Matcher size = SIZE.matcher(metrics);
        if (quota.find() && size.find()) {
          add(
              findings,
              endpoint,
              Double.parseDouble(size.group(1)),
              Double.parseDouble(quota.group(1)));
        } else {
          findings.notChecked(endpoint + "/metrics does not name the quota");
        }
      } catch (IOException | NumberFormatException e) {
        findings.notChecked(e);
      }
    }
  }

  private void add(Findings findings, String endpoint, double size, double quota) {
    String text =
        String.format(
            Locale.ROOT,
            "the database of %s has %.1f of %.1f MiB",
            endpoint,
            size / MIB,
            quota / MIB);
    if (size < almostFull * quota) {
      findings.ok(text);
    } else {
      findings.warning(
          text, "compact and defrag it, or raise --quota-backend-bytes before the copy");
    }
  }
}
