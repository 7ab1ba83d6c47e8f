package org.etcdmirror.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.service.browser.Chromium;
import org.etcdmirror.service.browser.Tab;
import org.etcdmirror.service.report.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The status page in a real browser, with links whose status the test writes. */
@Timeout(300)
@Tag("browser")
@SuppressWarnings("NullAway.Init") // Each test starts what it needs.
class PageOfLinksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Chromium chromium;

  private final StatusPage page = new StatusPage();
  private final List<String> posts = new CopyOnWriteArrayList<>();
  private final ArrayNode links = JSON.createArrayNode();
  private volatile @Nullable String reloadError;
  private HttpServer server;
  private Tab tab;

  @BeforeAll
  static void startBrowser() throws Exception {
    chromium = Chromium.start();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    chromium.close();
  }

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void closeAll() throws Exception {
    assertThat(tab.complaints()).isEmpty();
    tab.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    StatusReply file = page.at(path);
    StatusReply reply = StatusReply.text(404, "no such page");
    if (exchange.getRequestMethod().equals("POST")) {
      posts.add(exchange.getRequestURI().toString());
      reply = StatusReply.text(200, "approved");
    } else if (file != null) {
      reply = file;
    } else if (path.equals("/links")) {
      reply =
          new StatusReply(
              200,
              "application/json",
              JSON.createObjectNode()
                  .put("reloadError", reloadError)
                  .set("links", links)
                  .toString());
    }
    byte[] body = reply.body().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    StatusPage.restrict(exchange.getResponseHeaders());
    exchange.sendResponseHeaders(reply.code(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void open() throws Exception {
    tab = chromium.open(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
  }

  private ObjectNode add(String name, MirrorStatus status) throws Exception {
    ObjectNode link = links.addObject();
    link.put("name", name);
    link.put("state", status.state().name());
    link.put("ready", status.caughtUp());
    JsonNode json = JSON.readTree(Json.of(status));
    link.set("status", json);
    return (ObjectNode) json;
  }

  private static MirrorStatus in(MirrorState state) {
    boolean level = state == MirrorState.FOLLOWING;
    return StatusServerFixture.status(state, level, level ? null : "sink http://c:2379: no route");
  }

  private List<String> texts(String selector) throws Exception {
    JsonNode found =
        tab.evaluate(
            "[...document.querySelectorAll('" + selector + "')].map((one) => one.innerText)");
    return Stream.of(JSON.convertValue(found, String[].class)).toList();
  }

  @Test
  void standbyIsShownWithItsLeader() throws Exception {
    add("conftool", in(MirrorState.FOLLOWING)).put("role", "standby").put("leader", "mirror2001");

    open();

    tab.await(".word", "standby");
    assertThat(tab.text(".role")).isEqualTo("role: standby, the leader is mirror2001");
  }

  @Test
  void eachLinkIsShownAndThoseThatNeedAttentionAreNamed() throws Exception {
    add("conftool", in(MirrorState.FOLLOWING));
    add("app", in(MirrorState.RETRYING));
    add("spicerack", in(MirrorState.RESYNCING));
    add("old", in(MirrorState.FAILED));

    open();
    tab.await("#connection", "4 links");

    assertThat(texts("main h2")).containsExactly("conftool", "app", "spicerack", "old");
    assertThat(tab.text("#attention")).isEqualTo("Needs attention: app (retrying), old (failed)");
    assertThat(texts(".reason")).allMatch(text -> text.isEmpty() || text.contains("no route"));
  }

  @Test
  void refusedConfigurationIsShownUntilOneIsTakenOver() throws Exception {
    add("conftool", in(MirrorState.FOLLOWING));
    reloadError = "link 'app': ttl: 'keep' is not one of follow, copy";
    open();

    tab.await("#refused", "nothing was changed: link 'app': ttl: 'keep'");
    reloadError = null;

    await().atMost(PATIENCE).until(() -> tab.text("#refused").isEmpty());
  }

  @Test
  void linkThatIsGoneLeavesThePage() throws Exception {
    add("conftool", in(MirrorState.FOLLOWING));
    add("app", in(MirrorState.FOLLOWING));
    open();
    tab.await("#connection", "2 links");

    links.remove(0);

    tab.await("#connection", "1 link,");
    assertThat(texts("main h2")).containsExactly("app");
  }

  @Test
  void statesDifferInWordAndShape() throws Exception {
    for (MirrorState state : MirrorState.values()) {
      add(state.name(), in(state));
    }
    open();
    tab.await("#connection", links.size() + " links");

    assertThat(texts(".word")).doesNotHaveDuplicates().hasSize(links.size());
    assertThat(
            tab.evaluate(
                    "new Set(['FOLLOWING','RESYNCING','BLOCKED','STANDBY','FAILED','PAUSED','RETRYING']"
                        + ".map((name) => [...document.querySelectorAll('article')]"
                        + ".find((one) => one.querySelector('h2').textContent === name)"
                        + ".querySelector('.state path').getAttribute('d'))).size")
                .intValue())
        .isEqualTo(7);
  }

  @Test
  void textOfOthersNeverBecomesMarkup() throws Exception {
    String markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";
    add(
        markup,
        StatusServerFixture.status(MirrorState.RETRYING, false, "source " + markup + " failed"));
    open();
    tab.await(".reason", "<b>bold</b>");

    assertThat(tab.text("h2")).isEqualTo(markup);
    assertThat(tab.evaluate("document.querySelectorAll('main img, main b').length").intValue())
        .isZero();
    assertThat(tab.evaluate("document.title").textValue()).startsWith("retrying – <img");
  }

  @Test
  void approvalNamesTheLinkAndItsPlan() throws Exception {
    PendingApproval pending =
        new PendingApproval("plan-7", "would delete 3 keys", Instant.EPOCH, null);
    add(
        "/conf&tool",
        StatusServerFixture.with(MirrorState.BLOCKED, pending, null, null, List.of()));
    open();
    tab.await(".pending .question", "would delete 3 keys");

    tab.focus(".pending button");
    tab.press("Enter");
    tab.await("#approval .question", "/conf&tool: would delete 3 keys");
    tab.press("Enter");

    tab.await(".pending .answer", "approved");
    assertThat(posts).containsExactly("/links/%2Fconf%26tool/approve?plan=plan-7");
  }
}
