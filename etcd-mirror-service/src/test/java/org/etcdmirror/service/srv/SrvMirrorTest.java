package org.etcdmirror.service.srv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.DnsServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors between real servers that DNS names. */
@Timeout(600)
@EtcdTest
class SrvMirrorTest {

  private static final String NAME = "_etcd-client._tcp.example.test";

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private DnsServer dns;

  SrvMirrorTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void start() throws IOException {
    dns = DnsServer.start();
  }

  @AfterEach
  void stop() {
    dns.close();
  }

  private void named(FaultProxy proxy) {
    dns.srv(NAME, "0 0 " + proxy.url().getPort() + " localhost");
  }

  private String byDns(String api) {
    return api + "+srv://" + dns.address() + "/example.test";
  }

  private static EtcdMirror mirror(String source, String sink) {
    return LinkFactory.create(
            TestSettings.of("--source", source, "--sink", sink, "--prefix", "/conf/"))
        .mirror();
  }

  private void put(String api, String key, String value) {
    if (api.equals("v2")) {
      new V2Http(sourceEtcd.clientUrl()).put(key, value);
    } else {
      new V3Http(sourceEtcd.clientUrl()).put(key, value);
    }
  }

  private void awaitCopy(String api, String key, String value) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> value.equals(copy(api).get(key)));
  }

  private Map<String, String> copy(String api) {
    if (api.equals("v2")) {
      return new V2Http(sinkEtcd.clientUrl()).tree("/conf");
    }
    Map<String, String> texts = new TreeMap<>();
    Map<Bytes, Bytes> values = new V3Http(sinkEtcd.clientUrl()).values("/conf/");
    values.forEach((key, value) -> texts.put(key.utf8(), value.utf8()));
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void sourceIsFollowedToTheServerThatDnsNamesNow(String api) throws Exception {
    try (FaultProxy first = FaultProxy.to(sourceEtcd.clientUrl());
        FaultProxy second = FaultProxy.to(sourceEtcd.clientUrl())) {
      named(first);
      put(api, "/conf/a", "1");
      try (EtcdMirror mirror = mirror(byDns(api), api + ":" + sinkEtcd.clientUrl())) {
        mirror.start();
        awaitCopy(api, "/conf/a", "1");
        assertThat(second.accepted()).isZero();

        named(second);
        first.listen(false);
        first.cutAll();
        put(api, "/conf/a", "2");

        awaitCopy(api, "/conf/a", "2");
        assertThat(second.accepted()).isPositive();
        assertThat(mirror.status().counters().gaps()).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void sinkIsWrittenThroughTheServerThatDnsNamesNow(String api) throws Exception {
    try (FaultProxy first = FaultProxy.to(sinkEtcd.clientUrl());
        FaultProxy second = FaultProxy.to(sinkEtcd.clientUrl())) {
      named(first);
      put(api, "/conf/a", "1");
      try (EtcdMirror mirror = mirror(api + ":" + sourceEtcd.clientUrl(), byDns(api))) {
        mirror.start();
        awaitCopy(api, "/conf/a", "1");

        named(second);
        first.listen(false);
        first.cutAll();
        put(api, "/conf/a", "2");

        awaitCopy(api, "/conf/a", "2");
        assertThat(second.accepted()).isPositive();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void mirrorWaitsForDnsAndSaysSo(String api) throws Exception {
    put(api, "/conf/a", "1");
    try (FaultProxy proxy = FaultProxy.to(sourceEtcd.clientUrl());
        EtcdMirror mirror = mirror(byDns(api), api + ":" + sinkEtcd.clientUrl())) {
      mirror.start();
      await()
          .atMost(PATIENCE)
          .until(() ->
              String.valueOf(mirror.status().lastError())
                  .contains("DNS names no server of example.test"));
      assertThat(mirror.status().state()).isNotEqualTo(MirrorState.FAILED);

      named(proxy);

      awaitCopy(api, "/conf/a", "1");
    }
  }

  @Test
  void silentDnsKeepsKnownServers() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(sourceEtcd.clientUrl())) {
      named(proxy);
      put("v3", "/conf/a", "1");
      try (EtcdMirror mirror = mirror(byDns("v3"), "v3:" + sinkEtcd.clientUrl())) {
        mirror.start();
        awaitCopy("v3", "/conf/a", "1");

        dns.silent(true);
        proxy.cutAll();
        put("v3", "/conf/a", "2");

        awaitCopy("v3", "/conf/a", "2");
      }
    }
  }
}
