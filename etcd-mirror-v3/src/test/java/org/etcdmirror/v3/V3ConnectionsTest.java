package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sources and sinks that share connections do not hold up or end each other. */
@Timeout(300)
@EtcdTest(v2 = false)
class V3ConnectionsTest {

  private static final int VALUES = 64;
  private static final String LARGE = "x".repeat(256 * 1024);

  private final V3Connections connections = V3Connections.create();

  private V3Source source(EtcdServer etcd) {
    return V3Source.builder()
        .endpoints(etcd.clientUrl().toString())
        .connections(connections)
        .build();
  }

  private V3Sink sink(EtcdServer etcd) {
    return V3Sink.builder().endpoints(etcd.clientUrl().toString()).connections(connections).build();
  }

  private static EventStream open(EventSource source, String prefix) throws Exception {
    return source.open(Selection.of(Bytes.utf8(prefix)), Start.now());
  }

  private static List<MirrorEvent> poll(EventStream stream, int least) throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (events.size() < least && System.nanoTime() - end < 0) {
      events.addAll(stream.poll(Duration.ofSeconds(1)).events());
    }
    return events;
  }

  @Test
  void manySourcesAndSinksUseFewConnectionsUntilTheLastIsClosed(EtcdServer etcd) throws Exception {
    List<EventSource> sources = new ArrayList<>();
    List<EventSink> sinks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      sources.add(source(etcd));
      sinks.add(sink(etcd));
    }
    assertThat(connections).hasToString("2 connections");
    sources.add(source(etcd));
    assertThat(connections).hasToString("4 connections");

    sources.forEach(EventSource::close);
    sinks.subList(1, 16).forEach(EventSink::close);
    assertThat(connections).hasToString("2 connections");
    sinks.get(0).close();
    assertThat(connections).hasToString("0 connections");
  }

  @Test
  void streamGoesOnWhenAnotherSourceIsClosed(EtcdServer etcd) throws Exception {
    V3Http keys = new V3Http(etcd.clientUrl());
    try (V3Source one = source(etcd);
        V3Source other = source(etcd);
        EventStream closed = open(one, "/one/");
        EventStream stream = open(other, "/other/")) {
      keys.put("/one/a", "1");
      assertThat(poll(closed, 1)).hasSize(1);
      one.close();
      keys.put("/other/a", "1");
      assertThat(poll(stream, 1)).hasSize(1);
    }
  }

  @Test
  void unreadWatchDoesNotDelayOthers(EtcdServer etcd) throws Exception {
    try (V3Source one = source(etcd);
        V3Source other = source(etcd);
        V3Writer writer = new V3Writer(etcd.clientUrl().toString());
        EventStream unread = open(one, "/unread/");
        EventStream stream = open(other, "/read/")) {
      for (int i = 0; i < VALUES; i++) {
        writer.write(V3Writer.put("/unread/" + i, LARGE));
      }
      writer.write(V3Writer.put("/read/a", "1"));

      assertThat(poll(stream, 1)).hasSize(1);
      assertThat(poll(unread, VALUES)).hasSize(VALUES);
    }
  }
}
