package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.put;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Leases stay alive while a comparison keeps their refreshes from being applied. */
@Tag("long")
@Timeout(300)
class V3SinkLeaseKeeperTest {

  private static final String PREFIX = "/kept/";
  private static final Duration TTL = Duration.ofSeconds(15);

  private static Stream<EtcdBinary> etcds() {
    return EtcdBinary.all().stream();
  }

  private static MirrorEvent.Put leased(String key, Lease lease) {
    return put(PREFIX + key, "v").withExpiry(Expiry.in(lease.ttl()), lease);
  }

  private static MirrorEvent.Refresh refresh(String key, Lease lease) {
    Expiry expiresAt = Expiry.in(lease.ttl());
    return new MirrorEvent.Refresh(Bytes.utf8(PREFIX + key), 8, expiresAt, lease);
  }

  @ParameterizedTest
  @MethodSource("etcds")
  @Execution(CONCURRENT)
  void leasedKeyDoesNotExpireWhileComparisonReadsSink(EtcdBinary binary) throws Exception {
    Lease before = new Lease(31, TTL);
    Lease during = new Lease(32, TTL);
    try (V3SinkServer server = V3SinkServer.start(binary)) {
      try (V3Sink sink = server.sink("kept").build()) {
        apply(sink, batch(leased("before", before)));
        Snapshot comparison = sink.snapshot(new Selection(List.of(Bytes.utf8(PREFIX)), true));
        apply(sink, batch(leased("during", during)));
        long until = System.nanoTime() + TTL.multipliedBy(2).toNanos();
        await().atMost(PATIENCE).until(() -> System.nanoTime() > until);
        assertThat(server.count(PREFIX)).isEqualTo(2);
        comparison.close();
        apply(sink, batch(refresh("before", before), refresh("during", during)));
      }
      await().atMost(PATIENCE).until(() -> server.count(PREFIX) == 0);
    }
  }
}
