package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.EtcdBinary;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.V3Http;

/** Two real servers, and mirrors of {@code /conf/} from one to the other. */
final class V3Mirroring implements AutoCloseable {

  static final String PREFIX = "/conf/";
  static final String CHECKPOINT = "/__replication/test";
  static final Duration PATIENCE = Duration.ofSeconds(180);

  final EtcdServer sourceEtcd;
  final EtcdServer sinkEtcd;
  final V3Http source;
  final V3Http sink;

  private V3Mirroring(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    this.source = new V3Http(sourceEtcd.clientUrl());
    this.sink = new V3Http(sinkEtcd.clientUrl());
  }

  static V3Mirroring start(EtcdBinary binary) {
    return new V3Mirroring(
        EtcdServer.builder().binary(binary).start(), EtcdServer.builder().binary(binary).start());
  }

  /** A mirror that is not started. */
  EtcdMirror mirror(UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(V3Source.builder().endpoints(sourceEtcd.clientUrl().toString()).build())
            .sink(
                V3Sink.builder()
                    .endpoints(sinkEtcd.clientUrl().toString())
                    .prefixes(List.of(Bytes.utf8(PREFIX)))
                    .link("test")
                    .build())
            .scope(MirrorScope.of(PREFIX));
    return options.apply(builder).build();
  }

  /** A mirror that is level. */
  EtcdMirror started() {
    EtcdMirror mirror = mirror(builder -> builder);
    mirror.start();
    awaitLevel(mirror);
    return mirror;
  }

  /** Waits until everything that has happened in the source is in the sink. */
  MirrorStatus awaitLevel(EtcdMirror mirror) {
    long revision = source.revision();
    try {
      assertThat(mirror.await(revision, PATIENCE))
          .as("level at %d: %s", revision, mirror.status())
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return mirror.status();
  }

  void assertEqual() {
    assertThat(sink.values(PREFIX)).isEqualTo(source.values(PREFIX));
  }

  static void eventually(String what, ThrowingRunnable assertion) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  @Override
  public void close() {
    sourceEtcd.close();
    sinkEtcd.close();
  }
}
