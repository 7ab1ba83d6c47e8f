package org.etcdmirror.v2.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.v2.DrippingServer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.watch.WatchLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The deadline of a call ends an answer that drips, although no read times out. */
@org.junit.jupiter.api.Timeout(300)
class V2DeadlineTest {

  /** A call may take ten seconds, which is as long as a server may be silent. */
  private static final V2Limits SOON = V2Limits.DEFAULT.withCall(Duration.ZERO);

  private static V2Client connect(String... endpoints) {
    return V2Client.connect(List.of(endpoints), Access.ANONYMOUS, SOON);
  }

  private static V2Request put(String key, String value) {
    return V2Request.put(key, new V2Form().withValue(value.getBytes(StandardCharsets.UTF_8)));
  }

  private static DrippingServer dripping(String where) throws IOException {
    return where.equals("headers") ? DrippingServer.inTheHeaders() : DrippingServer.inTheBody();
  }

  @ParameterizedTest
  @ValueSource(strings = {"headers", "body"})
  void drippingAnswerIsRequestedFromOtherEndpoint(String where) throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        DrippingServer slow = dripping(where);
        V2Client client = connect(slow.url(), etcd.clientUrl().toString())) {
      try (V2Client writer = V2Client.connect(List.of(etcd.clientUrl().toString()))) {
        writer.send(put("/a", "1"));
      }
      assertThat(client.get("/a", "").requireNode().value()).isEqualTo("1");
    }
  }

  @Test
  void deadlineErrorNamesEndpointAndDuration() throws Exception {
    try (DrippingServer slow = DrippingServer.inTheBody();
        V2Client client = connect(slow.url())) {
      IOException late = catchThrowableOfType(IOException.class, () -> client.get("/a", ""));
      assertThat(late)
          .hasMessageContainingAll(
              slow.url() + ": GET /a failed: ",
              "call is too slow: 10 s",
              "less than 1000 bytes a second")
          .hasCauseInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void writeWithDrippingAnswerHasUnknownOutcome() throws Exception {
    try (DrippingServer slow = DrippingServer.inTheHeaders();
        V2Client client = connect(slow.url())) {
      assertThatThrownBy(() -> client.send(V2Request.delete("/a", "")))
          .isInstanceOf(OutcomeUnknownException.class)
          .hasMessageContainingAll(slow.url(), "call is too slow");
    }
  }

  @Test
  void largeAnswerOnSlowLinkGetsEnoughTime() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        FaultProxy line = FaultProxy.to(etcd.clientUrl());
        V2Client client = connect(line.url().toString())) {
      String value = "x".repeat(400_000);
      client.send(put("/a", value));
      line.link(LinkLimits.bandwidth(20_000));
      long began = System.nanoTime();
      assertThat(client.get("/a", "").requireNode().value()).isEqualTo(value);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(15));
    }
  }

  /** Delivers a byte per given number of milliseconds on its own clock. */
  private static final class SlowSource implements Source {
    private final Buffer bytes = new Buffer();
    private final long millis;
    private long nanos;

    SlowSource(int length, long millis) {
      this.millis = millis;
      bytes.writeUtf8("x".repeat(length) + "\n");
    }

    @Override
    public long read(Buffer sink, long byteCount) {
      nanos += Duration.ofMillis(millis).toNanos();
      return bytes.read(sink, Math.min(1, byteCount));
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {
      bytes.clear();
    }
  }

  @Test
  void drippingEventEndsWatch() {
    SlowSource source = new SlowSource(1_000, 1_000);
    WatchLines lines = new WatchLines(Okio.buffer(source), () -> source.nanos);
    assertThatThrownBy(lines::next)
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContainingAll("61 s", "less than 1000 bytes a second");
  }

  @Test
  void watchWaitsForSlowEvent() throws Exception {
    SlowSource source = new SlowSource(500_000, 1);
    WatchLines lines = new WatchLines(Okio.buffer(source), () -> source.nanos);
    assertThat(lines.next()).hasSize(500_000);
  }
}
