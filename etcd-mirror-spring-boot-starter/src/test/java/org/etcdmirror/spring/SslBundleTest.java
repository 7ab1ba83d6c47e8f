package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Path;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
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
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@EtcdTest(v2 = false)
class SslBundleTest {

  private static final String SOURCE = "etcd-mirror.links.orders.source.";
  private static final String SINK = "etcd-mirror.links.orders.sink.";
  private static final String BUNDLE = "spring.ssl.bundle.pem.etcd.";

  @TempDir Path directory;

  /** An application with a link to a sink that asks for the client's certificate. */
  private static ApplicationContextRunner mirroring(
      String api, EtcdServer source, EtcdServer sink, TestCertificates certificates) {
    TestCertificates.Pair client = certificates.client("mirror");
    return LinkRunner.orders(
            SOURCE + "address=v3:" + source.clientUrl(),
            SINK + "address=" + api + ":" + sink.tlsUrl(),
            SINK + "ssl.bundle=etcd",
            "etcd-mirror.links.orders.prefix=" + (api.equals("v2") ? "/orders" : "/orders/"),
            BUNDLE + "truststore.certificate=file:" + certificates.caCert(),
            BUNDLE + "keystore.certificate=file:" + client.cert(),
            BUNDLE + "keystore.private-key=file:" + client.key())
        .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void aBundleIsTrustedAndShown(String api, EtcdServer source) {
    TestCertificates certificates = TestCertificates.in(directory);
    new V3Http(source.clientUrl()).put("/orders/1", "one");

    try (EtcdServer sink = EtcdServer.builder().enableV2(true).tls(certificates).start()) {
      mirroring(api, source, sink, certificates)
          .run(context ->
              assertThat(context.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE))
                  .isTrue());
    }
  }

  private static SslBundle bundle(TestCertificates certificates) {
    TestCertificates.Pair client = certificates.client("mirror");
    return SslBundle.of(
        new PemSslStoreBundle(
            PemSslStoreDetails.forCertificates("file:" + client.cert())
                .withPrivateKey("file:" + client.key()),
            PemSslStoreDetails.forCertificates("file:" + certificates.caCert())));
  }

  /** Spring does so when its files change, if it is told to look at them. */
  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void theNextConnectionUsesABundleThatIsReloaded(String api, EtcdServer source) {
    TestCertificates certificates = TestCertificates.in(directory);
    V3Http writer = new V3Http(source.clientUrl());
    writer.put("/orders/1", "one");

    try (EtcdServer sink = EtcdServer.builder().enableV2(true).tls(certificates).start()) {
      mirroring(api, source, sink, certificates)
          .run(context -> {
            EtcdMirror mirror = context.getBean(EtcdMirrors.class).mirror("orders");
            assertThat(mirror.awaitLevel(PATIENCE)).isTrue();

            certificates.newAuthority();
            TestCertificates.Pair unused = certificates.server();
            SslBundle reloaded = bundle(certificates);
            sink.restart();
            writer.put("/orders/2", "two");
            await().atMost(PATIENCE).until(() -> mirror.status().state() == MirrorState.RETRYING);
            context.getBean(SslBundleRegistry.class).updateBundle("etcd", reloaded);
            assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
          });
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
