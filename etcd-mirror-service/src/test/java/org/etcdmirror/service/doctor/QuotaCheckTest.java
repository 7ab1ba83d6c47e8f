package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.testkit.junit.OnEachEtcd;
import org.junit.jupiter.api.Timeout;

/** The database of real servers with a quota. */
@Timeout(120)
@EtcdTest(v2 = false, flags = "--quota-backend-bytes=8388608")
class QuotaCheckTest {

  @OnEachEtcd
  void shareOfTheQuotaDecides(EtcdServer etcd) throws Exception {
    try (Side side = CheckFixture.source("v3:" + etcd.clientUrl())) {
      assertThat(CheckFixture.lines(new QuotaCheck(side, EtcdPages.of(side), 0.8)))
          .singleElement()
          .asString()
          .startsWith("ok the database of " + etcd.clientUrl())
          .endsWith("of 8.0 MiB");
      assertThat(CheckFixture.lines(new QuotaCheck(side, EtcdPages.of(side), 0.0001)))
          .singleElement()
          .asString()
          .startsWith("warning the database of " + etcd.clientUrl());
    }
  }
}
