package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** Silence proves nothing behind a proxy that ends a connection at a half-close (nginx 1.22). */
@Timeout(600)
@EtcdTest
class HttpProxyTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf"));

  private final EtcdServer etcd;
  private FaultProxy line;
  private MeddlingProxy proxy;
  private V2Http http;
  private V2Source source;

  HttpProxyTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() throws IOException {
    line = FaultProxy.to(etcd.clientUrl());
    proxy = new MeddlingProxy(line.url(), true);
    http = new V2Http(etcd.clientUrl());
    source = V2Source.builder().endpoints(proxy.url()).build();
  }

  @AfterEach
  void stop() throws IOException {
    source.close();
    proxy.close();
    line.close();
  }

  private static long told(StreamRecorder stream) {
    return stream.notices().stream()
        .filter(notice -> notice.kind() == SourceNotice.Kind.SILENCE_UNPROVEN)
        .count();
  }

  /** Follows until the stream reports that silence proves nothing. */
  private static void followUntilSilenceIsUnproven(StreamRecorder stream) throws Exception {
    while (told(stream) == 0) {
      stream.followFor(Duration.ofMillis(100));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void indexMovesOnlyWithEventsAndUnprovenSilenceIsReportedOnce() throws Exception {
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      http.put("/other", "x");
      followUntilSilenceIsUnproven(stream);
      for (int i = 0; i < 5; i++) {
        long index = stream.put("/conf/" + i, "v" + i);
        http.put("/other", "x" + i);
        stream.follow(index);
        assertThat(stream.index()).isEqualTo(index);
      }
      int asked = line.accepted();
      stream.followFor(Duration.ofSeconds(10));
      assertThat(line.accepted() - asked).as("the stream does not retry in a loop").isLessThan(30);
      stream.assertNothingWasPassed();
      assertThat(told(stream)).isEqualTo(1);
    }
  }

  @Test
  @Timeout(120)
  @Execution(CONCURRENT)
  void quietTreeOutlivesTheHistoryOfABusyStore() throws Exception {
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      http.put("/other", "x");
      followUntilSilenceIsUnproven(stream);
      long last = 0;
      for (int i = 0; i < 30; i++) {
        for (int j = 0; j < 50; j++) {
          last = http.put("/other", "x" + j).etcdIndex();
        }
        stream.follow(last);
      }
      assertThat(stream.index()).isEqualTo(last);
      stream.follow(stream.put("/conf/a", "after 1500 foreign events"));
      stream.assertNothingWasPassed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void userWhoMayReadTheTreeAloneFollowsIt(@TempDir Path directory) throws Exception {
    http.put("/conf/a", "0");
    V2Http root = http.enableAuth("secret");
    root.role("reading", List.of("/conf/*"), List.of());
    root.user("reader", "secret", "reading");
    Path password = Files.writeString(directory.resolve("password"), "secret");
    Access access = new Access("reader", password, null, null, null);
    try (V2Source own = V2Source.builder().endpoints(proxy.url()).access(access).build();
        StreamRecorder stream = new StreamRecorder(own, "/conf", root)) {
      root.put("/other", "x");
      followUntilSilenceIsUnproven(stream);
      for (int i = 0; i < 5; i++) {
        root.put("/other", "x" + i);
        stream.followFor(Duration.ofSeconds(1));
        stream.follow(stream.put("/conf/" + i, "v" + i));
      }
      stream.assertNothingWasPassed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void eventsMissedWhileDisconnectedAreReadOneByOne() throws Exception {
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      http.put("/other", "x");
      followUntilSilenceIsUnproven(stream);
      line.refuse(true);
      line.cutAll();
      for (int i = 0; i < 30; i++) {
        stream.put("/conf/" + i, "v" + i);
        http.put("/other", "x" + i);
      }
      line.refuse(false);
      stream.follow(stream.put("/conf/end", "over"));
      stream.assertNothingWasPassed();
    }
  }

  @Test
  void streamBehindProxyStartsAfterGivenIndex() throws Exception {
    long start = http.put("/conf/a", "0").etcdIndex();
    long index = http.put("/conf/a", "1").etcdIndex();
    http.put("/other", "x");
    try (EventStream stream = source.open(CONF, Start.after(start))) {
      List<MirrorEvent> events = List.of();
      while (events.isEmpty()) {
        events = stream.poll(Duration.ofSeconds(1)).events();
      }
      assertThat(events).containsExactly(Mirroring.put("/conf/a", "1", index));
    }
  }

  @Test
  void startIndexOutsideHistoryThrowsHistoryCleared() throws Exception {
    long start = http.put("/conf/a", "0").etcdIndex();
    PipelinedWriter.storm(etcd.clientUrl(), "/other", 8, 150);
    assertThatThrownBy(
            () -> {
              try (EventStream stream = source.open(CONF, Start.after(start))) {
                while (true) {
                  stream.poll(Duration.ofSeconds(1));
                }
              }
            })
        .isInstanceOf(HistoryClearedException.class);
  }

  @Test
  @Execution(CONCURRENT)
  void laterEventProvesWatchAlthoughHistoryWasCleared() throws Exception {
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      http.put("/other", "x");
      followUntilSilenceIsUnproven(stream);
      for (int i = 0; i < 3; i++) {
        PipelinedWriter.storm(etcd.clientUrl(), "/other", 8, 150);
        stream.followFor(Duration.ofSeconds(2));
        stream.follow(stream.put("/conf/" + i, "v"));
      }
      stream.assertNothingWasPassed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void indexDoesNotPassLargeValuesOnSlowLinkBehindProxy() throws Exception {
    line.link(LinkLimits.of(500_000, Duration.ofMillis(100), Duration.ofMillis(50)));
    String value = "x".repeat(400_000);
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      for (int i = 0; i < 5; i++) {
        long index = stream.put("/conf/" + i, value);
        http.put("/other", "x" + i);
        stream.follow(index);
      }
      stream.assertNothingWasPassed();
    }
  }
}
