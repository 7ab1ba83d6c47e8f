package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of the status server. */
class StatusServerTest extends StatusServerFixture {

  @ParameterizedTest
  @EnumSource(MirrorState.class)
  void healthzSucceedsUntilTheMirrorHasEnded(MirrorState state) throws Exception {
    now.set(status(state, false, "no route"));

    assertThat(get("/healthz").statusCode()).isEqualTo(state.isFinal() ? 503 : 200);
  }

  @Test
  void readyzSucceedsOnceCaughtUp() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").body()).isEqualTo("caught up at index 100\n");
  }

  @Test
  void readyzFailsWithAOneLineReasonBeforeCatchUp() throws Exception {
    now.set(status(MirrorState.RETRYING, false, "no\nroute"));

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body())
        .isEqualTo("not caught up, retrying: no route; sink index 100, source index 120\n");
  }

  @Test
  void readyzOmitsAnErrorThatWasOvercome() throws Exception {
    now.set(status(MirrorState.FOLLOWING, false, "no route"));

    assertThat(get("/readyz").body())
        .isEqualTo("not caught up, following; sink index 100, source index 120\n");
  }

  @Test
  void statusIsFlatJsonExceptForStructuredFields() throws Exception {
    HttpResponse<String> response = get("/status");

    JsonNode json = new ObjectMapper().readTree(response.body());
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json.properties())
        .filteredOn(entry -> entry.getValue().isContainerNode())
        .extracting(Map.Entry::getKey)
        .containsExactly("excluded", "gapRecords");
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "link",
            "state",
            "index",
            "storedIndex",
            "applying",
            "sourceIndex",
            "lagEvents",
            "secondsSinceCaughtUp",
            "caughtUp",
            "expiringKeys",
            "eventsApplied",
            "eventsFiltered",
            "eventsCoalesced",
            "batches",
            "gaps",
            "resyncs",
            "keysWritten",
            "keysDeleted",
            "retries",
            "streamRepairs",
            "historyOutruns",
            "lossyValues",
            "unsupportedEntries",
            "deletesBlocked",
            "gapEvents",
            "writes",
            "lastError",
            "lastErrorAt",
            "pending",
            "suspects",
            "resync",
            "comparison",
            "resyncLoop",
            "writeLimit",
            "headroom",
            "lastVerify",
            "excluded",
            "gapRecords");
    assertThat(json.get("state").textValue()).isEqualTo("FOLLOWING");
    assertThat(json.get("secondsSinceCaughtUp").doubleValue()).isEqualTo(1.5);
    assertThat(json.get("lastError").isNull()).isTrue();
  }

  @Test
  void lagPageIsAPlainNumber() throws Exception {
    assertThat(get("/lag").body()).isEqualTo("20\n");
  }

  @Test
  void metricsHaveTheirPrometheusNames() throws Exception {
    String metrics = get("/metrics").body();

    assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
        .contains(
            "etcd_mirror_state{link=\"/conftool\",state=\"following\"} 1.0",
            "etcd_mirror_state{link=\"/conftool\",state=\"failed\"} 0.0",
            "etcd_mirror_index{link=\"/conftool\"} 100.0",
            "etcd_mirror_stored_index{link=\"/conftool\"} 90.0",
            "etcd_mirror_source_index{link=\"/conftool\"} 120.0",
            "etcd_mirror_pending_events{link=\"/conftool\"} 20.0",
            "etcd_mirror_since_caught_up_seconds{link=\"/conftool\"} 1.5",
            "etcd_mirror_caught_up{link=\"/conftool\"} 1.0",
            "etcd_mirror_events_applied_total{link=\"/conftool\"} 1.0",
            "etcd_mirror_events_filtered_total{link=\"/conftool\"} 2.0",
            "etcd_mirror_events_coalesced_total{link=\"/conftool\"} 3.0",
            "etcd_mirror_batches_total{link=\"/conftool\"} 4.0",
            "etcd_mirror_gaps_total{link=\"/conftool\"} 5.0",
            "etcd_mirror_resyncs_total{link=\"/conftool\"} 6.0",
            "etcd_mirror_resync_keys_written_total{link=\"/conftool\"} 7.0",
            "etcd_mirror_resync_keys_deleted_total{link=\"/conftool\"} 8.0",
            "etcd_mirror_retries_total{link=\"/conftool\"} 9.0",
            "etcd_mirror_stream_repaired_events_total{link=\"/conftool\"} 10.0",
            "etcd_mirror_history_outruns_total{link=\"/conftool\"} 11.0",
            "etcd_mirror_lossy_values_total{link=\"/conftool\"} 12.0",
            "etcd_mirror_writes_total{link=\"/conftool\"} 16.0",
            "etcd_mirror_unsupported_entries_total{link=\"/conftool\"} 13.0",
            "etcdmirror_lag{link=\"/conftool\"} 20.0");
  }

  @Test
  void secondsSinceCaughtUpIsNanOrNullBeforeTheFirstCatchUp() throws Exception {
    now.set(status(MirrorState.CONNECTING, false, null));

    assertThat(get("/metrics").body())
        .contains("etcd_mirror_since_caught_up_seconds{link=\"/conftool\"} NaN");
    assertThat(get("/status").body()).contains("\"secondsSinceCaughtUp\":null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/status", "/lag", "/metrics", "/await?index=1"})
  void headAnswersLikeGetWithoutABody(String page) throws Exception {
    HttpResponse<String> head = send(request(page).method("HEAD", BodyPublishers.noBody()).build());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    for (String page : List.of("/status", "/await?index=1")) {
      HttpResponse<String> response =
          send(request(page).method(method, BodyPublishers.ofString("x")).build());

      assertThat(response.statusCode()).as(page).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).as(page).contains("GET, HEAD");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthzz", "/status/", "/favicon.ico", "/page", "/page/index.html"})
  void otherPathsAreNotFound(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void statusPageAndEachOfItsFilesIsServedWithItsType() throws Exception {
    String html = get("/").body();
    Map<String, String> types =
        Map.of("css", "text/css", "js", "text/javascript", "svg", "image/svg+xml");
    assertThat(get("/").headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");

    Set<String> files = new TreeSet<>();
    collectFiles(html, Pattern.compile("(?:src|href)=\"(page/[^\"]+)\""), "/", files);

    assertThat(files).hasSize(8);
    for (String file : files) {
      HttpResponse<String> response = get(file);
      assertThat(response.statusCode()).as(file).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElse(""))
          .as(file)
          .startsWith(types.get(file.substring(file.lastIndexOf('.') + 1)));
    }
  }

  /** Collects the files that a file loads, and those that these load. */
  private void collectFiles(String text, Pattern reference, String base, Set<String> files)
      throws Exception {
    for (MatchResult found : reference.matcher(text).results().toList()) {
      String file = base + found.group(1);
      if (files.add(file)) {
        collectFiles(get(file).body(), Pattern.compile("from '\\./([^']+)'"), "/page/", files);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page/main.js", "/status", "/metrics", "/nothing"})
  void browserIsToldToLoadNothingFromElsewhere(String path) throws Exception {
    HttpHeaders headers = get(path).headers();

    assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "http");
    assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void failingPageDoesNotEndTheServer() throws Exception {
    MirrorStatus before = now.getAndSet(null);

    assertThat(get("/status").statusCode()).isEqualTo(500);
    now.set(before);
    assertThat(get("/status").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsShowARunningMirror() throws Exception {
    EtcdMirror mirror =
        EtcdMirror.builder()
            .source(new TinySource())
            .sink(InMemorySink.paths())
            .indexStore(new InMemoryIndexStore())
            .link("/conftool")
            .scope(MirrorScope.of("/conftool"))
            .build();
    try (mirror;
        StatusServer real =
            StatusServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of("mirror.example"),
                PageAccess.LOCAL,
                mirror::status,
                new IndexWaits(mirror::await, mirror::status),
                MirrorActions.of(mirror),
                MirrorMetrics.of(mirror))) {
      mirror.start();
      assertThat(mirror.await(41, PATIENCE)).isTrue();

      String metrics =
          send(HttpRequest.newBuilder(URI.create(real.url() + "/metrics")).build()).body();
      assertThat(metrics)
          .contains("etcd_mirror_index{link=\"/conftool\"} 41.0")
          .contains("etcd_mirror_resync_keys_written_total{link=\"/conftool\"} 2.0");
    }
  }
}
