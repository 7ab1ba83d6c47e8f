package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Path;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;

@EtcdTest(v2 = false)
class SslBundleTest {

  private static final String SOURCE = "etcd-mirror.links.orders.source.";
  private static final String SINK = "etcd-mirror.links.orders.sink.";
  private static final String BUNDLE = "spring.ssl.bundle.pem.etcd.";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void aBundleIsTrustedAndShown(String api, EtcdServer source) {
    TestCertificates certificates = TestCertificates.in(directory);
    TestCertificates.Pair client = certificates.client("mirror");
    new V3Http(source.clientUrl()).put("/orders/1", "one");

    try (EtcdServer sink = EtcdServer.builder().enableV2(true).tls(certificates).start()) {
      LinkRunner.orders(
              SOURCE + "address=v3:" + source.clientUrl(),
              SINK + "address=" + api + ":" + sink.tlsUrl(),
              SINK + "ssl.bundle=etcd",
              "etcd-mirror.links.orders.prefix=" + (api.equals("v2") ? "/orders" : "/orders/"),
              BUNDLE + "truststore.certificate=file:" + certificates.caCert(),
              BUNDLE + "keystore.certificate=file:" + client.cert(),
              BUNDLE + "keystore.private-key=file:" + client.key())
          .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
          .run(context ->
              assertThat(context.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE))
                  .isTrue());
    }
  }

  @Test
  void aBundleDoesNotGoOverAnOpenConnection() {
    TestCertificates certificates = TestCertificates.in(directory);
    LinkRunner.orders(
            SOURCE + "ssl.bundle=etcd",
            BUNDLE + "truststore.certificate=file:" + certificates.caCert())
        .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(SOURCE + "address is")
                .hasStackTraceContaining("is not https"));
  }
}
