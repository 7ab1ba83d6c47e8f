package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** Two proxies lead to one etcd; one of them stalls and so simulates a lagging member. */
@Timeout(600)
@EtcdTest
class FailoverTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf"));

  private final EtcdServer etcd;
  private FaultProxy first;
  private FaultProxy second;
  private V2Http http;
  private V2Source source;

  FailoverTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    first = FaultProxy.to(etcd.clientUrl());
    second = FaultProxy.to(etcd.clientUrl());
    http = new V2Http(etcd.clientUrl());
    source = V2Source.builder().endpoints(first.url().toString(), second.url().toString()).build();
  }

  @AfterEach
  void stop() {
    source.close();
    first.close();
    second.close();
  }

  private static List<MirrorEvent> eventsUntil(EventStream stream, long until) throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    for (long index = 0; index < until; ) {
      EventBatch batch = stream.poll(Duration.ofSeconds(1));
      events.addAll(batch.events());
      index = batch.index();
    }
    return events;
  }

  @Test
  @Execution(CONCURRENT)
  void silentWatchOnLaggingMemberDoesNotConfirmIndexOfOtherMember() throws Exception {
    try (EventStream stream = source.open(CONF, Start.now())) {
      second.refuse(true);
      first.stall(true);
      first.refuse(true);
      long missed = http.put("/conf/missed", "v").etcdIndex();
      PipelinedWriter.storm(etcd.clientUrl(), "/other", 8, 250);
      second.refuse(false);
      assertThatThrownBy(() -> eventsUntil(stream, missed))
          .as("the stream must not skip the missed event")
          .isInstanceOfAny(HistoryClearedException.class, IOException.class);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void streamSwitchesFromHungServerToOtherEndpoint() throws Exception {
    try (EventStream stream = source.open(CONF, Start.now())) {
      first.stall(true);
      long index = http.put("/conf/a", "v").etcdIndex();
      assertThat(eventsUntil(stream, index)).containsExactly(Mirroring.put("/conf/a", "v", index));
    }
  }
}
