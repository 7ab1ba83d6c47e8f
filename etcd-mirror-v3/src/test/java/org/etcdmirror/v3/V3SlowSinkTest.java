package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/**
 * What needs more than the ten seconds of a small request on a slow line is written all the same.
 */
@Timeout(300)
@EtcdTest(v2 = false)
class V3SlowSinkTest {

  private final EtcdServer etcd;

  V3SlowSinkTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @Test
  @Execution(CONCURRENT)
  void largeValueIsWrittenOverALineWithLittleBandwidth() throws Exception {
    written(LinkLimits.bandwidth(80_000), 1, 1_000_000);
  }

  /** A server of HTTP/2 takes a window of 64 KiB in each round trip. */
  @Test
  @Execution(CONCURRENT)
  void largeValueIsWrittenOverALineWithLongRoundTrips() throws Exception {
    LinkLimits far =
        LinkLimits.of(LinkLimits.UNLIMITED, Duration.ofMillis(600), Duration.ofMillis(600));
    written(far, 1, 1_000_000);
  }

  @Test
  @Execution(CONCURRENT)
  void manyRequestsShareALineWithLittleBandwidth() throws Exception {
    written(LinkLimits.bandwidth(200_000), 12, 250_000);
  }

  private void written(LinkLimits limits, int count, int size) throws Exception {
    String value = "x".repeat(size);
    String prefix = "/%d-%d/".formatted(count, limits.hashCode());
    List<MirrorEvent> events =
        IntStream.range(0, count).<MirrorEvent>mapToObj(i -> put(prefix + i, value)).toList();
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Sink sink = V3Sink.of(proxy.url().toString())) {
      sink.indexStore(prefix).load();
      sink.open(new SinkContext(prefix, sink.keyModel(), List.of(Bytes.utf8(prefix))));
      proxy.link(limits);
      sink.apply(EventBatch.of(events, 1, 1));
    }
    assertThat(new V3Http(etcd.clientUrl()).values(prefix).values())
        .hasSize(count)
        .containsOnly(Bytes.utf8(value));
  }

  private static MirrorEvent put(String key, String value) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), 1, null);
  }
}
