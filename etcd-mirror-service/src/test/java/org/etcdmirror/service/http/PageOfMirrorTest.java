package org.etcdmirror.service.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.service.browser.Chromium;
import org.etcdmirror.service.browser.Contrast;
import org.etcdmirror.service.browser.Tab;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestPageAccess;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status page of mirrors between real clusters, in a real browser. */
@Timeout(600)
@Tag("browser")
@EtcdTest(v2 = false)
@SuppressWarnings("NullAway.Init") // Each test starts what it needs.
class PageOfMirrorTest {

  private static final String TOKEN = "secret-0123456789";

  private static Chromium chromium;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V3Http source;
  private final V3Http sink;
  private final Path directory;
  private EtcdMirror mirror;
  private StatusServer server;
  private Tab tab;

  PageOfMirrorTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd, @TempDir Path directory) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    this.directory = directory;
    source = new V3Http(sourceEtcd.clientUrl());
    sink = new V3Http(sinkEtcd.clientUrl());
  }

  @BeforeAll
  static void startBrowser() throws Exception {
    chromium = Chromium.start();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    chromium.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    List<String> complaints = tab.complaints();
    tab.close();
    server.close();
    mirror.close();
    assertThat(complaints).isEmpty();
  }

  /** Starts a mirror and opens its page. */
  private void open(String... more) throws Exception {
    Stream<String> words =
        Stream.of(
            "--source=v3:" + sourceEtcd.clientUrl(),
            "--sink=v3:" + sinkEtcd.clientUrl(),
            "--prefix=/conftool/",
            "--link=conftool",
            "--http=127.0.0.1:0");
    Settings settings =
        TestSettings.of(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    mirror = LinkFactory.create(settings).mirror();
    server = requireNonNull(ServedMirror.start(settings, mirror, MirrorActions.of(mirror)));
    mirror.start();
    tab = chromium.open(URI.create(server.url()));
  }

  private String withToken() throws Exception {
    return "--admin-token-file=" + TestPageAccess.write(directory.resolve("token"), TOKEN);
  }

  private void picture(String name) throws Exception {
    tab.picture(Path.of("target", "status-page", name + ".png"));
  }

  private void assertThatNothingIsTooFaint() throws Exception {
    for (String colours : List.of("light", "dark")) {
      tab.prefer(colours);
      assertThat(Contrast.tooFaint(tab)).as(colours).isEmpty();
    }
  }

  /** Waits until there is enough of the plots to look at. */
  private void awaitPoints() {
    String points = "document.querySelector('.line').getAttribute('d').split('L').length";
    await().atMost(PATIENCE).until(() -> tab.evaluate(points).intValue() > 8);
  }

  @Test
  void followingMirrorIsShownWithItsNumbers() throws Exception {
    for (int i = 0; i < 20; i++) {
      source.put("/conftool/eqiad/host-" + i, "pooled");
    }
    open("--verify-every=1s");
    tab.await(".word", "following");
    source.put("/conftool/eqiad/host-0", "depooled");

    tab.await(".state", "level with the source");
    tab.await(".verification", "20 compared");
    tab.await(".gaps", "none in this run");
    assertThat(tab.text("h2")).isEqualTo("conftool");
    awaitPoints();
    tab.await(".lag figcaption", "events behind: 0 now");
    picture("following");
    tab.prefer("dark");
    picture("following-dark");
    tab.size(390, 844);
    assertThat(tab.evaluate("document.documentElement.scrollWidth").intValue()).isEqualTo(390);
    tab.prefer("light");
    picture("following-phone");
    assertThatNothingIsTooFaint();
  }

  @Test
  void resyncingMirrorIsShownWithItsProgress() throws Exception {
    for (int i = 0; i < 300; i++) {
      source.put("/conftool/eqiad/host-" + i, "pooled");
    }
    open("--max-writes-per-second=10");

    tab.await(".word", "resyncing");
    tab.await(".task h3", "copying");
    tab.await(".task p", " of 300 entries");
    awaitPoints();
    picture("resyncing");
  }

  @Test
  void gapIsListedAfterItIsClosed() throws Exception {
    source.put("/conftool/a", "1");
    open();
    tab.await(".word", "following");
    closeAll();
    for (int i = 0; i < 5; i++) {
      source.put("/conftool/a", "later " + i);
    }
    source.compact(source.revision());

    open();

    tab.await(".word", "following");
    tab.await(".gaps td:nth-child(2)", "history_compacted");
    tab.size(390, 844);
    picture("gap-phone");
  }

  @Test
  void blockedMirrorIsApprovedWithTheTokenAndNotWithout() throws Exception {
    source.put("/conftool/eqiad/host-1", "pooled");
    sink.put("/conftool/eqiad/stale-1", "x");
    sink.put("/conftool/eqiad/stale-2", "x");
    open(withToken());
    tab.await(".word", "blocked");
    tab.await(".pending .plan", "would delete");
    assertThat(tab.evaluate("document.querySelector('.pending .keys').textContent").textValue())
        .contains("delete /conftool/eqiad/stale-1");
    picture("blocked");
    assertThatNothingIsTooFaint();

    // By keyboard alone: the button, an empty field, a wrong token, the right one.
    tab.focus(".pending button");
    tab.press("Enter");
    tab.await("#approval h2", "approve");
    tab.press("Enter");
    tab.await("#approval .answer", "a token is needed");
    tab.type("wrong");
    tab.press("Enter");
    tab.await("#approval .answer", "the token is not that of");
    picture("approving");
    tab.press("Escape");
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(sink.values("/conftool/eqiad/stale-")).hasSize(2);

    tab.focus(".pending button");
    tab.press("Enter");
    tab.await("#approval h2", "approve");
    tab.type(TOKEN);
    tab.press("Enter");

    tab.await(".word", "following");
    assertThat(sink.values("/conftool/eqiad/stale-")).isEmpty();
    assertThat(tab.evaluate("document.documentElement.outerHTML").textValue())
        .doesNotContain(TOKEN);
    assertThat(
            tab.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length")
                .intValue())
        .isZero();
    assertThat(tab.evaluate("document.cookie").textValue()).isEmpty();
  }

  /** The browser says a frame later that a dialog was closed. */
  @Test
  void questionThatFollowsAClosedOneAtOnceStaysOpen() throws Exception {
    sink.put("/conftool/stale", "x");
    open(withToken());
    tab.await(".word", "blocked");

    tab.evaluate("document.querySelector('.pending button').click()");
    tab.evaluate(
        "document.getElementById('approval').close(); document.querySelector('.pending button').click()");
    tab.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");

    assertThat(tab.text("#approval h2")).isEqualTo("Approve");
    tab.type(TOKEN);
    tab.press("Enter");
    tab.await(".word", "following");
  }

  @Test
  void pageSaysThatNoTokenIsConfigured() throws Exception {
    sink.put("/conftool/stale", "x");
    open();
    tab.await(".word", "blocked");

    tab.focus(".pending button");
    tab.press("Enter");
    tab.await("#approval h2", "approve");
    tab.press("Enter");

    tab.await(".pending .answer", "--admin-token-file");
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
  }

  @Test
  void failedMirrorIsShownWithItsReason() throws Exception {
    sink.put("/conftool/foreign", "x");
    open("--require-empty");

    tab.await(".word", "failed");
    tab.await(".reason", "empty");
    picture("failed");
    assertThatNothingIsTooFaint();
  }

  @Test
  void pageSaysThatTheServiceDoesNotAnswer() throws Exception {
    open();
    tab.await(".word", "following");
    server.close();

    tab.await("#connection", "no answer");
    tab.await(".word", "following");
    picture("no-answer");
  }
}
