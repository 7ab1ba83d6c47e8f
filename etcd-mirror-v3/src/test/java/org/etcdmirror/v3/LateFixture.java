package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.put;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Sinks of one link, whose requests may be executed late. */
@Timeout(300)
abstract class LateFixture {

  private static final AtomicInteger LINKS = new AtomicInteger();
  static V3SinkServer server;

  final String link = "late" + LINKS.incrementAndGet();
  final String prefix = "/" + link + "/";
  private final List<V3Sink> sinks = new ArrayList<>();
  LateProxy proxy;

  @BeforeAll
  static void start() {
    server = V3SinkServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void startProxy() {
    proxy = new LateProxy(server.etcd.clientUrl());
  }

  @AfterEach
  void close() {
    sinks.forEach(V3Sink::close);
    proxy.close();
  }

  V3Sink sink() {
    V3Sink sink = OpenedV3Sink.at(proxy.url(), link).build();
    sinks.add(sink);
    return sink;
  }

  /** A sink with a stored checkpoint, as after a first run. */
  V3Sink sinkAt(long index) throws Exception {
    V3Sink sink = sink();
    assertThat(sink.load()).isEmpty();
    sink.save(at(index));
    return sink;
  }

  static Checkpoint at(long index) {
    return new Checkpoint(index, "c", "s", Instant.EPOCH);
  }

  EventBatch value(String value) {
    return batch(put(prefix + "k", value));
  }

  static void fails(V3Sink sink, EventBatch batch) {
    assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(IOException.class);
  }

  static void fails(V3Sink sink, EventBatch batch, Checkpoint next) {
    assertThatThrownBy(() -> sink.apply(batch, next)).isInstanceOf(IOException.class);
  }
}
