package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The history of a real server. */
@Timeout(120)
@EtcdTest(v2 = false)
class CompactionCheckTest {

  @Test
  void longHistoryIsAWarningUntilItIsCompacted(EtcdServer etcd) throws Exception {
    V3Http client = new V3Http(etcd.clientUrl());
    for (int i = 0; i < 20; i++) {
      client.put("/conftool/a", "" + i);
    }
    try (Side side = CheckFixture.source("v3:" + etcd.clientUrl())) {
      CompactionCheck check = new CompactionCheck(side, 20);
      assertThat(CheckFixture.lines(check))
          .singleElement()
          .asString()
          .startsWith("warning history has 21 revisions, from 1 on");

      client.compact(client.revision());

      assertThat(CheckFixture.lines(check)).containsExactly("ok history has 0 revisions");
    }
  }
}
