package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.EtcdServerBuilder;
import org.etcdmirror.testkit.etcd.V3Http;

/** Two real servers, or clusters, and mirrors of {@code /conf/} from one to the other. */
public final class V3Mirroring implements AutoCloseable {

  public static final String PREFIX = "/conf/";
  static final String CHECKPOINT = "/__replication/test";

  /** The server, or the first member, of the source. */
  final EtcdServer sourceEtcd;

  public final List<URI> sourceUrls;
  public final List<URI> sinkUrls;
  public final V3Http source;
  final V3Http sink;
  private final Runnable end;

  private V3Mirroring(
      EtcdServer sourceEtcd, List<URI> sourceUrls, List<URI> sinkUrls, Runnable end) {
    this.sourceEtcd = sourceEtcd;
    this.sourceUrls = sourceUrls;
    this.sinkUrls = sinkUrls;
    this.source = new V3Http(sourceUrls.get(0));
    this.sink = new V3Http(sinkUrls.get(0));
    this.end = end;
  }

  public static V3Mirroring start(EtcdBinary binary) {
    return start(binary, builder -> builder);
  }

  /** Both servers alike. */
  public static V3Mirroring start(EtcdBinary binary, UnaryOperator<EtcdServerBuilder> options) {
    EtcdServer source = options.apply(EtcdServer.builder().binary(binary)).start();
    EtcdServer sink = options.apply(EtcdServer.builder().binary(binary)).start();
    return new V3Mirroring(
        source,
        List.of(source.clientUrl()),
        List.of(sink.clientUrl()),
        () -> {
          source.close();
          sink.close();
        });
  }

  /** From one cluster to another, which are not closed with this. */
  static V3Mirroring between(EtcdCluster source, EtcdCluster sink) {
    return new V3Mirroring(source.member(0), source.clientUrls(), sink.clientUrls(), () -> {});
  }

  /** A mirror that is not started. */
  EtcdMirror mirror(UnaryOperator<EtcdMirrorBuilder> options) {
    return mirror(Access.ANONYMOUS, Access.ANONYMOUS, options);
  }

  EtcdMirror mirror(Access reader, Access writer, UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(V3Source.builder().endpoints(texts(sourceUrls)).access(reader).build())
            .sink(V3Sink.builder().endpoints(texts(sinkUrls)).access(writer).build())
            .link("test")
            .scope(MirrorScope.of(PREFIX));
    return options.apply(builder).build();
  }

  private static List<String> texts(List<URI> urls) {
    return urls.stream().map(URI::toString).toList();
  }

  EtcdMirror started() {
    return started(builder -> builder);
  }

  /** A mirror that is level. */
  EtcdMirror started(UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirror mirror = mirror(options);
    mirror.start();
    awaitLevel(mirror);
    return mirror;
  }

  /** Waits until everything that has happened in the source is in the sink. */
  public MirrorStatus awaitLevel(EtcdMirror mirror) {
    return awaitLevel(mirror, source.revision());
  }

  public MirrorStatus awaitLevel(EtcdMirror mirror, long revision) {
    try {
      assertThat(mirror.await(revision, PATIENCE))
          .as("level at %d: %s", revision, mirror.status())
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return mirror.status();
  }

  public void assertEqual() {
    assertThat(sink.values(PREFIX)).isEqualTo(source.values(PREFIX));
  }

  public static void eventually(String what, ThrowingRunnable assertion) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  @Override
  public void close() {
    end.run();
  }
}
