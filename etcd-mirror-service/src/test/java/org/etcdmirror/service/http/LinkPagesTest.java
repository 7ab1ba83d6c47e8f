package org.etcdmirror.service.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.Records;
import org.etcdmirror.service.run.RunningLink;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages of several links, on mirrors in memory. */
@Timeout(120)
class LinkPagesTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void linksAreListedWithTheirStatus() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    pages.onAdded(link("/two"));

    JsonNode links = json(serve(pages), "/links").get("links");

    assertThat(links).hasSize(2);
    JsonNode two = links.get(0);
    assertThat(two.get("name").asText()).isEqualTo("/two");
    assertThat(two.get("state").asText()).isEqualTo("CREATED");
    assertThat(two.get("ready").asBoolean()).isFalse();
    assertThat(two.get("status").get("link").asText()).isEqualTo("/two");
    assertThat(links.get(1).get("ready").asBoolean()).isTrue();
    assertThat(links.get(1).get("status").get("index").longValue()).isEqualTo(41);
  }

  @Test
  void pagesOfALinkAreBelowItsName() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    pages.onAdded(link("/two words"));
    StatusServer server = serve(pages);

    assertThat(get(server, "/links/one/readyz").body()).isEqualTo("caught up at index 41\n");
    assertThat(get(server, "/links/one/lag").body()).isEqualTo("0\n");
    assertThat(get(server, "/links/one/await?index=41").statusCode()).isEqualTo(200);
    assertThat(post(server, "/links/one/resume").statusCode()).isEqualTo(200);
    assertThat(post(server, "/links/one/approve?plan=x").statusCode()).isEqualTo(409);
    assertThat(get(server, "/links/%2Ftwo%20words/readyz").body()).contains("created");
    assertThat(get(server, "/links/one/pause").statusCode()).isEqualTo(405);
    assertThat(post(server, "/links/one/status").statusCode()).isEqualTo(405);
  }

  @Test
  void unknownPathsNameTheLinks() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    pages.onAdded(link("/two"));
    StatusServer server = serve(pages);

    for (String path :
        List.of("/lag", "/await?index=1", "/links/", "/links/three/status", "/links/one/nothing")) {
      HttpResponse<String> answer = get(server, path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body())
          .contains("pages are /, /healthz, /links, /metrics, /readyz, /status; the links are")
          .contains("/links/%2Ftwo, /links/one");
    }
    assertThat(post(server, "/pause").statusCode()).isEqualTo(404);
  }

  @Test
  void processIsReadyWhenAllLinksAre() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    StatusServer server = serve(pages);
    assertThat(get(server, "/readyz").body()).isEqualTo("all links are ready: 1\n");
    RunningLink two = link("two");

    pages.onAdded(two);

    assertThat(get(server, "/readyz").statusCode()).isEqualTo(503);
    assertThat(get(server, "/readyz").body())
        .isEqualTo("1 of 2 links are not ready: two: created\n");
    assertThat(json(server, "/status").toString())
        .isEqualTo(
            "{\"links\":2,\"ready\":1,\"failed\":0,\"notReady\":[{\"name\":\"two\","
                + "\"state\":\"CREATED\",\"lastError\":null}],\"reloadError\":null}");
  }

  @Test
  void processIsHealthyUntilTheLastLinkHasEnded() throws Exception {
    LinkPages pages = new LinkPages(true);
    RunningLink one = level("one");
    RunningLink two = link("two");
    pages.onAdded(one);
    pages.onAdded(two);
    StatusServer server = serve(pages);

    one.mirror().close();

    assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
    assertThat(get(server, "/healthz").body()).startsWith("1 of 2 links have ended: one: stopped");

    two.mirror().close();

    // The page is kept for a moment.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(server, "/healthz").statusCode()).isEqualTo(503));
  }

  @Test
  void metersOfARemovedLinkAreGoneAndTheOthersStay() throws Exception {
    LinkPages pages = new LinkPages(true);
    RunningLink one = level("one");
    pages.onAdded(one);
    pages.onAdded(link("two"));
    StatusServer server = serve(pages);
    assertThat(get(server, "/metrics").body()).contains("link=\"one\"", "link=\"two\"");

    pages.onRemoved(one);

    assertThat(get(server, "/metrics").body())
        .contains("link=\"two\"", "etcd_mirror_reload_failed 0.0")
        .doesNotContain("link=\"one\"");
    assertThat(get(server, "/links/one/status").statusCode()).isEqualTo(404);
    pages.onAdded(link("one"));
    assertThat(get(server, "/metrics").body())
        .contains("etcd_mirror_state{link=\"one\",sink=\"v2:http://b:1\",state=\"created\"} 1.0");
  }

  @Test
  void onlyLinkWithoutAListKeepsThePagesOfTheProcess() throws Exception {
    LinkPages pages = new LinkPages(false);
    pages.onAdded(level("/conftool"));
    StatusServer server = serve(pages);

    assertThat(get(server, "/readyz").body()).isEqualTo("caught up at index 41\n");
    assertThat(json(server, "/status").get("link").asText()).isEqualTo("/conftool");
    assertThat(post(server, "/resume").statusCode()).isEqualTo(200);
    assertThat(json(server, "/links").get("links")).hasSize(1);
    assertThat(get(server, "/links/%2Fconftool/readyz").statusCode()).isEqualTo(200);
    assertThat(get(server, "/nothing").body())
        .startsWith("no such page; pages are /, /await, /healthz, /lag, /readyz, /status; POST");
  }

  @Test
  void processIsHealthyWhileItsOnlyLinkIsReplaced() throws Exception {
    LinkPages pages = new LinkPages(false);
    RunningLink before = level("/conftool");
    pages.onAdded(before);
    StatusServer server = serve(pages);

    pages.onReloading();
    before.mirror().close();
    assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
    pages.onRemoved(before);

    assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
    for (String path : List.of("/readyz", "/status")) {
      assertThat(get(server, path).statusCode()).isEqualTo(503);
      assertThat(get(server, path).body()).isEqualTo("the link is being replaced; ask again\n");
    }

    pages.onAdded(level("/conftool"));
    pages.onReload(null);

    assertThat(get(server, "/readyz").body()).isEqualTo("caught up at index 41\n");
    assertThat(get(server, "/healthz").body()).isEqualTo("following\n");
  }

  @Test
  void repliesNameThePathsOfTheirLink() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    StatusServer server = serve(pages);

    assertThat(post(server, "/links/one/pause").body())
        .isEqualTo(
            "paused until POST /links/one/resume; headroom in /links/one/status is the history"
                + " left\n");
    assertThat(get(server, "/links/one/await?index=42&timeout=1ms").body())
        .contains("POST /links/one/resume continues");
    assertThat(post(server, "/links/one/approve").body())
        .contains("POST /links/one/approve?plan=PLAN with pending.token of /links/one/status");
  }

  @Test
  void clientsThatWaitForAllLinksTogetherAreLimited() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    pages.onAdded(level("two"));
    StatusServer server = serve(pages);
    Map<String, String> wish = Map.of("index", "42", "timeout", "30s");
    List<CompletableFuture<StatusReply>> waiting = new ArrayList<>();
    for (int i = 0; i < IndexWaits.MOST; i++) {
      String link = i % 2 == 0 ? "one" : "two";
      waiting.add(requireNonNull(pages.waits("/links/" + link + "/await")).ask(wish));
    }

    assertThat(get(server, "/links/one/await?index=42&timeout=30s").statusCode()).isEqualTo(503);
    assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);

    pages.close();

    for (CompletableFuture<StatusReply> answer : waiting) {
      assertThat(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(503);
    }
  }

  @Test
  void placeOfAClientThatWasAnsweredIsFree() throws Exception {
    LinkPages pages = new LinkPages(true);
    pages.onAdded(level("one"));
    StatusServer server = serve(pages);
    IndexWaits waits = requireNonNull(pages.waits("/links/one/await"));
    Map<String, String> shortly = Map.of("index", "42", "timeout", "50ms");
    for (int i = 0; i < IndexWaits.MOST; i++) {
      StatusReply answer = waits.ask(shortly).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(answer.code()).isEqualTo(504);
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(get(server, "/links/one/await?index=42&timeout=1ms").statusCode())
                .isEqualTo(504));
  }

  /** A link whose sink is level with its source. */
  private RunningLink level(String name) throws InterruptedException {
    RunningLink link = link(name);
    link.mirror().start();
    assertThat(link.mirror().awaitLevel(PATIENCE)).isTrue();
    return link;
  }

  private RunningLink link(String name) {
    Link parts =
        new Link(
            TestSettings.of("--source=v2:http://a:1", "--sink=v2:http://b:1", "--prefix=/a"),
            new TinySource(),
            InMemorySink.paths(),
            new InMemoryIndexStore(),
            MirrorScope.of("/conftool"),
            name);
    EtcdMirror mirror =
        EtcdMirror.builder()
            .source(parts.source())
            .sink(parts.sink())
            .indexStore(parts.store())
            .link(name)
            .scope(parts.scope())
            .build();
    open.add(mirror);
    return new RunningLink(name, parts.settings(), mirror, Records.open(parts));
  }

  private StatusServer serve(LinkPages pages) {
    StatusServer server =
        StatusServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(),
            PageAccess.LOCAL,
            pages);
    open.add(server);
    return server;
  }

  private static HttpRequest.Builder request(StatusServer server, String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(PATIENCE);
  }

  private HttpResponse<String> get(StatusServer server, String path) throws Exception {
    return client.send(request(server, path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(StatusServer server, String path) throws Exception {
    return client.send(
        request(server, path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  private JsonNode json(StatusServer server, String path) throws Exception {
    return new ObjectMapper().readTree(get(server, path).body());
  }
}
