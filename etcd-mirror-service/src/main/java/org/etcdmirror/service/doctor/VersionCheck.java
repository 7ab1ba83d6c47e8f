package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the mirror is tested with the version of each server. */
record VersionCheck(Side side, EtcdPages pages) implements Check {

  private static final Pattern VERSION =
      Pattern.compile("\"etcdserver\"\\s*:\\s*\"([^\"]{1,40})\"");
  private static final Pattern TESTED = Pattern.compile("3\\.[45]\\..*");
  private static final Pattern TESTED_FOR_V2 = Pattern.compile("3\\.[345]\\..*");

  @Override
  public String name() {
    return side.name() + " version";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    for (String endpoint : side.endpoints()) {
      try {
        add(findings, endpoint, pages.read(endpoint, "/version").body());
      } catch (IOException e) {
        findings.notChecked(e);
      }
    }
  }

  private void add(Findings findings, String endpoint, String page) {
    Matcher version = VERSION.matcher(page);
    if (!version.find()) {
      findings.notChecked(endpoint + "/version is no page of etcd; name etcd's own address");
    } else if ((side.isV2() ? TESTED_FOR_V2 : TESTED).matcher(version.group(1)).matches()) {
      findings.ok("%s is etcd %s".formatted(endpoint, version.group(1)));
    } else {
      findings.warning(
          "%s is etcd %s, with which the mirror is not tested"
              .formatted(endpoint, version.group(1)),
          "use etcd %s3.4 or 3.5, or test it first".formatted(side.isV2() ? "3.3, " : ""));
    }
  }
}
