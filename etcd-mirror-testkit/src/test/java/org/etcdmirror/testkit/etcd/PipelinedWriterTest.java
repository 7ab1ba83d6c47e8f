package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.junit.jupiter.api.Test;

class PipelinedWriterTest {

  @Test
  void stormWritesAllKeysAndCountsThem() throws Exception {
    try (EtcdServer server = EtcdServer.start()) {
      V2Http http = new V2Http(server.clientUrl());
      long before = http.index();

      PipelinedWriter.Result result =
          PipelinedWriter.storm(server.clientUrl(), "/load here", 16, 100);

      assertThat(result.succeeded()).isEqualTo(1600);
      assertThat(result.perSecond()).isPositive();
      assertThat(http.index()).isEqualTo(before + 1600);
      Map<String, String> expected = new TreeMap<>();
      for (int c = 0; c < 16; c++) {
        expected.put("/load here/" + c + "/", "");
        for (int n = 0; n < 100; n++) {
          expected.put("/load here/" + c + "/" + n, Integer.toString(n));
        }
      }
      assertThat(http.tree("/load here")).isEqualTo(expected);
    }
  }

  @Test
  void failedWritesAreNotCountedAsSuccesses() throws Exception {
    try (EtcdServer server = EtcdServer.start()) {
      new V2Http(server.clientUrl()).put("/file", "not a directory");
      assertThat(PipelinedWriter.storm(server.clientUrl(), "/file", 2, 10).succeeded()).isZero();
    }
  }

  @Test
  void stormEndsWhenConnectionsBreak() throws Exception {
    try (EtcdServer server = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to(server.clientUrl())) {
      proxy.truncateAfter(2_000);
      int succeeded = PipelinedWriter.storm(proxy.url(), "/cut", 2, 1000).succeeded();
      assertThat(succeeded).isBetween(1, 20);
    }
  }

  @Test
  void foreignServersAndTooLargeStormsAreRefused() {
    URI foreign = URI.create("http://192.0.2.1:2379");
    URI local = URI.create("http://127.0.0.1:1");
    assertThatThrownBy(() -> PipelinedWriter.storm(foreign, "/x", 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PipelinedWriter.storm(local, "/x", 512, 1_000_000))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
