package org.etcdmirror.v2;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.Random;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The index stays correct on a slow link where a value takes longer than a measured silence. */
@Timeout(600)
@EtcdTest
class SlowSourceTest {

  private final EtcdServer etcd;
  private FaultProxy proxy;
  private V2Http http;
  private V2Source source;

  SlowSourceTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    proxy = FaultProxy.to(etcd.clientUrl());
    http = new V2Http(etcd.clientUrl());
    source = V2Source.builder().endpoints(proxy.url().toString()).build();
  }

  @AfterEach
  void stop() {
    source.close();
    proxy.close();
  }

  @ParameterizedTest
  @CsvSource({"1000000,1250000,8", "250000,1250000,10", "60000,250000,10"})
  @Execution(CONCURRENT)
  void indexDoesNotPassValueStillInTransit(int length, long bytesPerSecond, int puts)
      throws Exception {
    proxy.link(LinkLimits.bandwidth(bytesPerSecond));
    String value = "x".repeat(length);
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      for (int i = 0; i < puts; i++) {
        // Vary the moment between two looks into the history.
        stream.followFor(Duration.ofMillis(random.nextInt(1_500)));
        stream.put("/conf/" + i, value);
        stream.follow(http.put("/other", "behind " + i).etcdIndex());
      }
      stream.assertNothingWasPassed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void concurrentWriterOnSlowLinkLosesNoEvents() throws Exception {
    proxy.link(LinkLimits.of(1_250_000, Duration.ofMillis(1), Duration.ofMillis(5)));
    String value = "x".repeat(250_000);
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      Thread writer =
          new Thread(() -> {
            for (int i = 0; i < 20; i++) {
              stream.put("/conf/" + i, value);
              http.put("/other", "" + i);
            }
          });
      writer.start();
      while (writer.isAlive()) {
        stream.follow(http.index());
      }
      stream.follow(http.index());
      stream.assertNothingWasPassed();
    }
  }
}
