package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.v3.PageServer;
import org.etcdmirror.v3.V3Mirroring;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy between the mirror and etcd answers with an HTML page. */
@Timeout(300)
class ProxyPageTest {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(Wire.wire(Bytes.utf8("/k"))).build();

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 500, 502, 503})
  void htmlPageIsMemberFailureWithUnknownOutcome(int status) throws Exception {
    try (PageServer pages = new PageServer(status);
        V3Client client = V3Client.connect(List.of(pages.url()), Access.ANONYMOUS)) {
      assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
          .isInstanceOfSatisfying(
              V3ErrorException.class,
              failure -> assertThat(failure.problem()).isEqualTo(V3Problem.MEMBER_FAILED))
          .hasMessageContaining("HTTP status code " + status)
          .hasMessageContaining("perhaps of a proxy")
          .hasMessageContaining(pages.url())
          .hasMessageMatching(".*");
      assertThatThrownBy(() -> client.call(KVGrpc.getTxnMethod(), TxnRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              V3ErrorException.class, failure -> assertThat(failure.outcomeUnknown()).isTrue());
      assertThatThrownBy(
              () -> WatchOpening.open(client, Selection.of(Bytes.utf8("/")), Start.now()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void mirrorUsesOtherEndpointsWhenOneAnswersWithHtmlPage() throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(EtcdBinary.all().get(0));
        PageServer pages = new PageServer(404);
        EtcdMirror mirror =
            mirror(
                List.of(pages.url(), etcds.sourceUrls.get(0).toString()),
                List.of(pages.url(), etcds.sinkUrls.get(0).toString()))) {
      mirror.start();
      etcds.source.put("/conf/a", "1");
      etcds.awaitLevel(mirror);
      etcds.assertEqual();
    }
  }

  @Test
  void mirrorRecoversOnceProxyForwardsToEtcd() throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(EtcdBinary.all().get(0));
        PageServer source = new PageServer(404);
        PageServer sink = new PageServer(403);
        EtcdMirror mirror = mirror(List.of(source.url()), List.of(sink.url()))) {
      mirror.start();
      V3Mirroring.eventually(
          "it retries",
          () -> {
            assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING);
            assertThat(mirror.status().toString()).contains("HTTP status code 403");
          });
      etcds.source.put("/conf/a", "1");
      sink.passTo(etcds.sinkUrls.get(0));
      source.passTo(etcds.sourceUrls.get(0));
      etcds.awaitLevel(mirror);
      etcds.assertEqual();
    }
  }

  private static EtcdMirror mirror(List<String> source, List<String> sink) {
    return EtcdMirror.builder()
        .source(V3Source.builder().endpoints(source).build())
        .sink(V3Sink.builder().endpoints(sink).build())
        .link("test")
        .scope(MirrorScope.of(V3Mirroring.PREFIX))
        .build();
  }
}
