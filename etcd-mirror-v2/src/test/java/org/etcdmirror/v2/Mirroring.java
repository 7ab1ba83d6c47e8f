package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;

/** Two real servers, and mirrors of {@code /conf} from one to the other. */
public final class Mirroring implements AutoCloseable {

  static final String PREFIX = "/conf";

  final EtcdServer sourceEtcd;
  final EtcdServer sinkEtcd;
  final V2Http source;
  final V2Http sink;

  private Mirroring(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    this.source = new V2Http(sourceEtcd.clientUrl());
    this.sink = new V2Http(sinkEtcd.clientUrl());
  }

  static Mirroring start() {
    return between(EtcdServer.start(), EtcdServer.start());
  }

  /** Starts both servers from the same etcd binary. */
  static Mirroring start(EtcdBinary binary) {
    return between(
        EtcdServer.builder().binary(binary).start(), EtcdServer.builder().binary(binary).start());
  }

  static Mirroring between(EtcdServer source, EtcdServer sink) {
    return new Mirroring(source, sink);
  }

  /** A mirror that is not started. */
  EtcdMirror mirror() {
    return mirror(builder -> builder);
  }

  EtcdMirror mirror(UnaryOperator<EtcdMirrorBuilder> options) {
    return mirror(sourceEtcd.clientUrl().toString(), options);
  }

  EtcdMirror mirror(String sourceUrl, UnaryOperator<EtcdMirrorBuilder> options) {
    List<String> to = List.of(sinkEtcd.clientUrl().toString());
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(V2Source.builder().endpoints(sourceUrl.split(",")).build())
            .sink(V2Sink.builder().endpoints(to).build())
            .scope(MirrorScope.of(PREFIX));
    return options.apply(builder).build();
  }

  EtcdMirror started() {
    return started(builder -> builder);
  }

  /** A started mirror that has caught up. */
  EtcdMirror started(UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirror mirror = mirror(options);
    mirror.start();
    awaitLevel(mirror);
    return mirror;
  }

  /** Waits until everything that has happened in the source is in the sink. */
  MirrorStatus awaitLevel(EtcdMirror mirror) {
    long index = source.index();
    try {
      assertThat(mirror.await(index, PATIENCE))
          .as("level at %d: %s", index, mirror.status())
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return mirror.status();
  }

  void assertEqual() {
    assertThat(sink.tree(PREFIX)).isEqualTo(source.tree(PREFIX));
  }

  /** The index that is stored in the sink; 0 if there is none yet. */
  long storedIndex() {
    return sink.get("/__replication" + PREFIX, "quorum=true")
        .json()
        .path("node")
        .path("value")
        .asLong();
  }

  /** Writes events outside the prefix with pipelined writers. */
  void foreignEvents(int count) {
    storm("/other/locks", 8, count / 8);
  }

  /** Each connection writes {@code prefix/CONNECTION/N} back to back. */
  PipelinedWriter.Result storm(String prefix, int connections, int each) {
    try {
      PipelinedWriter.Result result =
          PipelinedWriter.storm(sourceEtcd.clientUrl(), prefix, connections, each);
      assertThat(result.succeeded()).isEqualTo(connections * each);
      return result;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public static void eventually(String what, ThrowingRunnable assertion) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  public static MirrorEvent.Put put(String key, String value, long index) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  @Override
  public void close() {
    sourceEtcd.close();
    sinkEtcd.close();
  }
}
