package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What needs more than ten seconds on a slow line is read all the same. */
@Timeout(300)
@EtcdTest(v2 = false)
class V3SlowSourceTest {

  @Test
  void largeValueIsReadOverALineWithLittleBandwidth(EtcdServer etcd) throws Exception {
    new V3Http(etcd.clientUrl()).put("/conf/a", "x".repeat(1_000_000));
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Source source = V3Source.of(proxy.url().toString())) {
      proxy.link(LinkLimits.bandwidth(80_000));
      Entry read = V3Patience.read(() -> first(source));
      assertThat(read.key()).isEqualTo(Bytes.utf8("/conf/a"));
    }
  }

  private static Entry first(V3Source source) throws Exception {
    try (Snapshot all = source.snapshot(Selection.of(Bytes.utf8("/conf/")))) {
      return requireNonNull(all.next());
    }
  }
}
