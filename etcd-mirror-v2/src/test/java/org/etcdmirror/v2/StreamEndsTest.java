package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.watch.Credit;
import org.etcdmirror.v2.internal.watch.Delivery;
import org.etcdmirror.v2.internal.watch.EventTranslator;
import org.etcdmirror.v2.internal.watch.HistoryReader;
import org.etcdmirror.v2.internal.watch.Outbox;
import org.etcdmirror.v2.internal.watch.WatchFollower;
import org.etcdmirror.v2.internal.watch.WatchLink;
import org.etcdmirror.v2.internal.watch.WatchOpener;
import org.etcdmirror.v2.internal.watch.WatchSignal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream or watch that ends reports it and releases its resources. */
@Timeout(600)
@EtcdTest
class StreamEndsTest {

  private static final String ROOT = "/conf";
  private static final Selection CONF = Selection.of(Bytes.utf8(ROOT));

  private final EtcdServer etcd;
  private FaultProxy proxy;
  private V2Http http;
  private V2Client client;

  StreamEndsTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    proxy = FaultProxy.to(etcd.clientUrl());
    http = new V2Http(etcd.clientUrl());
    client = V2Client.connect(List.of(proxy.url().toString()));
  }

  @AfterEach
  void stop() {
    client.close();
    proxy.close();
  }

  private static WatchSignal.Line line(WatchLink link) throws IOException {
    String json =
        "{\"action\":\"set\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":1,\"createdIndex\":1}}";
    return new WatchSignal.Line(link, V2Json.event(json, 0), 1);
  }

  private WatchLink watch(LinkedBlockingQueue<WatchSignal> mailbox) throws Exception {
    Credit credit = new Credit(1 << 20);
    return WatchLink.begin(client, client.endpoint(0), ROOT, OptionalLong.empty(), credit, mailbox);
  }

  @Test
  void errorInFollowerThreadEndsStream() throws Exception {
    // Releasing a permit that was never acquired overflows the semaphore, which is an Error.
    Credit credit = new Credit(Integer.MAX_VALUE);
    Outbox outbox = new Outbox(credit);
    Delivery delivery =
        new Delivery(credit, outbox, new EventTranslator(ROOT, List.of(ROOT)), null);
    WatchOpener opener = new WatchOpener(client, ROOT, clusterId(), credit, delivery);
    WatchFollower follower =
        new WatchFollower(opener, credit, outbox, delivery, new HistoryReader(client, ROOT));
    follower.begin(Start.now());
    WatchLink stranger = opener.beginFromNowAt(client.endpoint(0));
    opener.mailbox().add(line(stranger));
    client.executor().submit(follower::run);
    assertThatThrownBy(() -> pollUntilTheEnd(outbox)).isInstanceOf(Error.class);
    stranger.close();
  }

  private String clusterId() throws Exception {
    return client.get("/", "").clusterId();
  }

  private static void pollUntilTheEnd(Outbox outbox) throws Exception {
    for (int i = 0; i < 100; i++) {
      outbox.poll(Duration.ofMillis(100));
    }
  }

  @Test
  void errorInReaderThreadEndsItsWatch() throws Exception {
    LinkedBlockingQueue<WatchSignal> mailbox =
        new LinkedBlockingQueue<>() {
          @Override
          public boolean add(WatchSignal signal) {
            if (signal instanceof WatchSignal.Line) {
              throw new OutOfMemoryError("for a test");
            }
            return super.add(signal);
          }
        };
    WatchLink link = watch(mailbox);
    assertThat(mailbox.poll(30, TimeUnit.SECONDS)).isInstanceOf(WatchSignal.Opened.class);
    http.put("/conf/a", "1");
    assertThat(mailbox.poll(30, TimeUnit.SECONDS)).isInstanceOf(WatchSignal.Ended.class);
    link.close();
  }

  @Test
  void historyReadFailsWhenServerHangs() {
    long index = http.put("/conf/a", "1").etcdIndex();
    proxy.stall(true);
    HistoryReader history = new HistoryReader(client, ROOT);
    assertThatThrownBy(() -> history.read(client.endpoint(0), index, index, event -> {}))
        .isInstanceOf(IOException.class);
  }

  @Test
  void interruptWhileOpeningWatchLeavesNoConnection() throws Exception {
    proxy.stall(true);
    Credit credit = new Credit(1 << 20);
    Delivery delivery =
        new Delivery(credit, new Outbox(credit), new EventTranslator(ROOT, List.of(ROOT)), null);
    WatchOpener opener = new WatchOpener(client, ROOT, "any", credit, delivery);
    Thread thread =
        new Thread(() -> assertThatThrownBy(() -> opener.fromNow(0)).isNotInstanceOf(Error.class));
    thread.start();
    Mirroring.eventually("connected", () -> assertThat(proxy.connections()).isPositive());
    thread.interrupt();
    thread.join();
    proxy.stall(false);
    Mirroring.eventually("closed", () -> assertThat(proxy.connections()).isZero());
  }

  @Test
  void streamsClosedImmediatelyLeaveNoConnections() throws Exception {
    try (V2Source source = V2Source.builder().endpoints(proxy.url().toString()).build()) {
      for (int i = 0; i < 200; i++) {
        source.open(CONF, Start.now()).close();
      }
      Mirroring.eventually(
          "only connections for later requests",
          () -> assertThat(proxy.connections()).isLessThan(3));
    }
  }

  @Test
  void readerWaitingForRoomEndsWithItsStream() throws Exception {
    String megabyte = "x".repeat(1 << 20);
    try (V2Source source = V2Source.builder().endpoints(proxy.url().toString()).build()) {
      EventStream stream = source.open(CONF, Start.now());
      for (int i = 0; i < 20; i++) {
        http.put("/conf/" + i, megabyte);
      }
      Mirroring.eventually("full", () -> assertThat(waitingForRoom()).isPositive());
      stream.close();
      Mirroring.eventually("ended", () -> assertThat(waitingForRoom()).isZero());
    }
  }

  private static long waitingForRoom() {
    return Thread.getAllStackTraces().values().stream()
        .filter(stack -> {
          for (StackTraceElement element : stack) {
            if (element.getClassName().equals(Credit.class.getName())) {
              return true;
            }
          }
          return false;
        })
        .count();
  }
}
