package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that expire, under both expiry policies. */
@Tag("long")
@Timeout(600)
class V3LeaseMirrorTest {

  private static final long LEASE = 4711;
  private static final int HOUR = 3600;

  /** Far above what a slow machine needs between two keep-alives. */
  private static final int SHORT = 15;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static EtcdMirrorBuilder copying(EtcdMirrorBuilder builder) {
    return builder.expiryPolicy(ExpiryPolicy.COPY);
  }

  private static long leaseOf(V3Reader reader, String key) throws Exception {
    return reader.get(key).getLease();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void followSourcePolicyAttachesNoLeaseAndDeletesKeysWithSource(EtcdBinary binary)
      throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString());
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      leases.grant(LEASE, HOUR);
      leases.put("/conf/leased", "v", LEASE);
      try (EtcdMirror mirror = etcds.started()) {
        leases.put("/conf/live", "v", LEASE);
        etcds.awaitLevel(mirror);
        etcds.assertEqual();
        assertThat(leaseOf(sink, "/conf/leased")).isZero();
        assertThat(leaseOf(sink, "/conf/live")).isZero();
        leases.revoke(LEASE);
        etcds.awaitLevel(mirror);
        assertThat(etcds.sink.values("/conf/")).isEmpty();
      }
    }
  }

  /** Once leases are not copied any more, nothing keeps the sink's alive. */
  @ParameterizedTest
  @MethodSource("binaries")
  void followSourcePolicyAfterCopyPolicyTakesCopiesOffTheirLease(EtcdBinary binary)
      throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString());
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      leases.grant(LEASE, HOUR);
      leases.put("/conf/leased", "v", LEASE);
      etcds.source.put("/conf/kept", "v");
      try (EtcdMirror copying = etcds.started(V3LeaseMirrorTest::copying)) {
        etcds.awaitLevel(copying);
      }
      assertThat(leaseOf(sink, "/conf/leased")).isNotZero();
      try (EtcdMirror following = etcds.started()) {
        etcds.awaitLevel(following);
        assertThat(leaseOf(sink, "/conf/leased")).isZero();
        etcds.assertEqual();
        assertThat(following.verify().isEqual()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void copyPolicyKeepsSinkLeaseAliveUntilSourceLeaseEnds(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString());
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      leases.grant(LEASE, SHORT);
      leases.put("/conf/before", "v", LEASE);
      try (Paced keeping = new Paced(Duration.ofSeconds(1), () -> leases.keepAlive(LEASE));
          EtcdMirror mirror = etcds.started(V3LeaseMirrorTest::copying)) {
        leases.put("/conf/live", "v", LEASE);
        etcds.awaitLevel(mirror);
        long shadow = leaseOf(sink, "/conf/before");
        assertThat(shadow).isNotZero();
        assertThat(leaseOf(sink, "/conf/live")).isEqualTo(shadow);
        long until = System.nanoTime() + Duration.ofSeconds(2 * SHORT).toNanos();
        V3Mirroring.eventually(
            "twice the time to live has passed",
            () -> assertThat(System.nanoTime()).isGreaterThan(until));
        keeping.check();
        etcds.assertEqual();
        assertThat(mirror.status().counters().gaps()).isZero();
        keeping.close();
        leases.revoke(LEASE);
        etcds.awaitLevel(mirror);
        assertThat(etcds.sink.values("/conf/")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void copyPolicyLetsKeysExpireWhileStoppedAndRestoresThem(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString())) {
      leases.grant(LEASE, SHORT);
      leases.put("/conf/leased", "v", LEASE);
      etcds.source.put("/conf/kept", "v");
      try (Paced keeping = new Paced(Duration.ofSeconds(1), () -> leases.keepAlive(LEASE))) {
        etcds.started(V3LeaseMirrorTest::copying).close();
        V3Mirroring.eventually(
            "gone",
            () ->
                assertThat(etcds.sink.values("/conf/")).containsOnlyKeys(Bytes.utf8("/conf/kept")));
        assertThat(etcds.source.values("/conf/")).hasSize(2);
        try (EtcdMirror mirror = etcds.started(V3LeaseMirrorTest::copying)) {
          V3Mirroring.eventually("back", etcds::assertEqual);
          assertThat(mirror.status().counters().gaps()).isEqualTo(1);
        }
        keeping.check();
      }
    }
  }

  /** The source's lease is not kept alive, so no refresh reveals the loss. */
  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void copyPolicyRestoresAllKeysOfLeaseRevokedInSink(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString());
        SourceLeases sinkLeases = new SourceLeases(etcds.sinkUrls.get(0).toString());
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      leases.grant(LEASE, HOUR);
      for (int i = 0; i < 20; i++) {
        leases.put("/conf/" + i, "v", LEASE);
      }
      try (EtcdMirror mirror = etcds.started(V3LeaseMirrorTest::copying)) {
        sinkLeases.revoke(leaseOf(sink, "/conf/0"));
        assertThat(etcds.sink.values("/conf/")).isEmpty();
        leases.put("/conf/3", "running", LEASE);
        etcds.awaitLevel(mirror);
        etcds.assertEqual();
        assertThat(mirror.status().counters().gaps()).isEqualTo(1);
      }
      sinkLeases.revoke(leaseOf(sink, "/conf/0"));
      leases.put("/conf/3", "stopped", LEASE);
      try (EtcdMirror mirror = etcds.started(V3LeaseMirrorTest::copying)) {
        V3Mirroring.eventually("all are back", etcds::assertEqual);
        assertThat(mirror.status().counters().gaps()).isEqualTo(1);
        assertThat(leaseOf(sink, "/conf/0")).isEqualTo(leaseOf(sink, "/conf/3"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void copyPolicyKeepsLeasesAliveDuringLongComparison(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        GatedSource source = new GatedSource(etcds.sourceUrls);
        SourceLeases leases = new SourceLeases(etcds.sourceUrls.get(0).toString())) {
      leases.grant(LEASE, SHORT);
      // A slow machine needs longer for the puts than the lease lives.
      try (Paced keeping = new Paced(Duration.ofSeconds(1), () -> leases.keepAlive(LEASE))) {
        // More than the walk gathers before it writes.
        for (int i = 0; i < 1100; i++) {
          leases.put("/conf/" + i, "v", LEASE);
        }
        source.linger(Duration.ofSeconds(2 * SHORT));
        try (EtcdMirror mirror = etcds.started(builder -> copying(builder).source(source))) {
          etcds.source.put("/conf/later", "v");
          long until = System.nanoTime() + Duration.ofSeconds(2 * SHORT).toNanos();
          V3Mirroring.eventually(
              "twice the time to live has passed",
              () -> assertThat(System.nanoTime()).isGreaterThan(until));
          etcds.awaitLevel(mirror);
          keeping.check();
          etcds.assertEqual();
          assertThat(mirror.status().counters().gaps()).isZero();
          assertThat(mirror.status().counters().resyncs()).isEqualTo(1);
        }
      }
    }
  }
}
