package org.etcdmirror.service.http;

import static java.util.Objects.requireNonNull;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.micrometer.core.instrument.Tags;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.service.config.PageAccess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A status server whose mirror status the test sets. */
abstract class StatusServerFixture {

  final AtomicReference<MirrorStatus> now =
      new AtomicReference<>(status(MirrorState.FOLLOWING, true, null));
  final AtomicReference<StatusReply> approval =
      new AtomicReference<>(StatusReply.text(200, "approved"));
  final AtomicReference<Map<String, String>> asked = new AtomicReference<>(Map.of());
  final HeldIndex held = new HeldIndex(100);
  final IndexWaits waits = new IndexWaits(held::await, now::get);
  final HttpClient client = HttpClient.newHttpClient();
  private StatusServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        StatusServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of("mirror.example"),
            access(),
            now::get,
            waits,
            Map.of("/approve", this::approve),
            new MirrorMetrics(now::get, Tags.empty()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Who may use the pages. */
  PageAccess access() throws Exception {
    return PageAccess.LOCAL;
  }

  private StatusReply approve(Map<String, String> parameters) {
    asked.set(parameters);
    return requireNonNull(approval.get());
  }

  HttpResponse<String> post(String path) throws Exception {
    return send(request(path).POST(BodyPublishers.noBody()).build());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(PATIENCE);
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  static MirrorStatus status(MirrorState state, boolean caughtUp, @Nullable String error) {
    return status(state, caughtUp, error, null, null, null, List.of());
  }

  static MirrorStatus with(
      MirrorState state,
      @Nullable PendingApproval pending,
      @Nullable Headroom headroom,
      @Nullable VerifyReport report,
      List<GapRecord> gaps) {
    return status(state, false, null, pending, headroom, report, gaps);
  }

  static MirrorStatus status(
      MirrorState state,
      boolean caughtUp,
      @Nullable String error,
      @Nullable PendingApproval pending,
      @Nullable Headroom headroom,
      @Nullable VerifyReport report,
      List<GapRecord> gaps) {
    return new MirrorStatus(
        "/conftool",
        state,
        100,
        90,
        0,
        120,
        20,
        caughtUp ? Duration.ofMillis(1500) : null,
        caughtUp,
        new MirrorStatus.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
        error,
        error == null ? null : Instant.EPOCH,
        pending,
        headroom,
        report,
        gaps,
        null,
        null,
        null,
        null,
        null,
        0,
        List.of(),
        null);
  }
}
