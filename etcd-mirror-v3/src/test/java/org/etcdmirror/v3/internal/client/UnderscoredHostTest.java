package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.etcdmirror.v3.MirrorProcess;
import org.etcdmirror.v3.V3Mirroring;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of hosts with an underscore, in a JVM that reads them from a file. */
@Timeout(300)
class UnderscoredHostTest {

  private static final String SHORT = "etcd_1";
  private static final String LONG = "etcd_1.under_score.example";

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  private static String at(String scheme, String host, URI etcd) {
    return scheme + "://" + host + ":" + etcd.getPort();
  }

  private JavaProcess fork(Class<?> main, String... args) throws Exception {
    Path hosts =
        Files.writeString(
            directory.resolve("hosts"), "127.0.0.1 localhost " + SHORT + " " + LONG + "\n");
    return JavaProcess.start(
        main, List.of("-Xmx64m", "-Djdk.net.hosts.file=" + hosts), directory.resolve("out"), args);
  }

  @ParameterizedTest
  @ValueSource(strings = {SHORT, LONG})
  void mirrorConnectsToHostsWithUnderscores(String host) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(EtcdBinary.all().get(0))) {
      etcds.source.put("/conf/a", "1");
      try (JavaProcess mirror =
          fork(
              MirrorProcess.class,
              at("http", host, etcds.sourceUrls.get(0)),
              at("http", host, etcds.sinkUrls.get(0)))) {
        V3Mirroring.eventually("copied", etcds::assertEqual);
        etcds.source.put("/conf/b", "2");
        V3Mirroring.eventually("followed", etcds::assertEqual);
        assertThat(mirror.isAlive()).isTrue();
      }
    }
  }

  /** Reads a key, and prints the outcome. */
  static final class Reader {

    private Reader() {}

    public static void main(String[] args) throws Exception {
      Access access = new Access(null, null, Path.of(args[1]), Path.of(args[2]), Path.of(args[3]));
      try (V3Client client = V3Client.connect(List.of(args[0]), access)) {
        RangeRequest read = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/k")).build();
        System.out.println("read " + client.call(KVGrpc.getRangeMethod(), read).getCount());
      } catch (V3ErrorException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "etcd_1, etcd_1, read 0",
    "etcd_1, ETCD_1, read 0",
    "etcd_1.under_score.example, *.under_score.example, read 0",
    "etcd_1.under_score.example, *.example, 'refused: '",
    "etcd_1, etcd_2, not valid for 'etcd_1'",
    "etcd_1, localhost, not valid for 'etcd_1'",
  })
  void certificateMustMatchHostWithUnderscore(String host, String certified, String outcome)
      throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).tls(certificates).start()) {
      certificates.serverElsewhere(certified);
      TestCertificates.Pair client = certificates.client("mirror");
      try (JavaProcess reader =
          fork(
              Reader.class,
              at("https", host, etcd.tlsUrl()),
              certificates.caCert().toString(),
              client.cert().toString(),
              client.key().toString())) {
        assertThat(reader.ends(Duration.ofMinutes(2))).isTrue();
      }
      assertThat(Files.readString(directory.resolve("out"), StandardCharsets.UTF_8))
          .contains(outcome);
    }
  }

  @Test
  void endpointWithUnderscoreIsParsedLikeAnyOther() {
    for (String good : List.of("http://a_b:2379", "https://_a.b_c.d:1/", "http://a.b_:65535")) {
      URI endpoint = V3Endpoints.parse(List.of(good)).get(0);
      assertThat(V3Endpoints.isUnderscored(endpoint)).isTrue();
      assertThat(good).contains("//" + V3Endpoints.host(endpoint) + ":");
    }
    assertThat(V3Endpoints.port(URI.create("http://a_b:2379"))).isEqualTo(2379);
    assertThat(V3Endpoints.isUnderscored(URI.create("http://a-b:2379"))).isFalse();
    for (String bad :
        List.of(
            "http://a_b", "http://a_b:0", "http://a_b:65536", "http://a_b:1/x", "http://a_ b:1")) {
      assertThatThrownBy(() -> V3Endpoints.parse(List.of(bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad);
    }
  }
}
