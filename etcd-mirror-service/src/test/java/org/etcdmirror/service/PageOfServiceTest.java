package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.service.browser.Chromium;
import org.etcdmirror.service.browser.Tab;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status page of whole services between real clusters, in a real browser. */
@Timeout(600)
@Tag("browser")
@EtcdTest(v2 = false)
@SuppressWarnings("NullAway.Init") // Set before all tests.
class PageOfServiceTest {

  private static Chromium chromium;

  private final String source;
  private final String sink;
  private final V3Http sourceKeys;
  private final V3Http sinkKeys;

  PageOfServiceTest(EtcdServer source, EtcdServer sink) {
    this.source = "v3:" + source.clientUrl();
    this.sink = "v3:" + sink.clientUrl();
    sourceKeys = new V3Http(source.clientUrl());
    sinkKeys = new V3Http(sink.clientUrl());
  }

  @BeforeAll
  static void startBrowser() throws Exception {
    chromium = Chromium.start();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    chromium.close();
  }

  private ServiceProcess member(String name) throws Exception {
    return ServiceProcess.start(
        List.of(),
        "run",
        "--standby",
        "--member=" + name,
        "--source=" + source,
        "--sink=" + sink,
        "--prefix=/conftool/",
        "--link=conftool",
        "--http=127.0.0.1:0");
  }

  private static void picture(Tab tab, String name) throws Exception {
    tab.picture(Path.of("target", "status-page", name + ".png"));
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void standbyIsShownWithItsLeaderUntilItLeads() throws Exception {
    sourceKeys.put("/conftool/eqiad/host-1", "pooled");
    try (ServiceProcess leader = member("mirror2001")) {
      Tab tab = chromium.open(leader.address("/"));
      tab.await(".word", "following");
      tab.close();
      try (ServiceProcess standby = member("mirror1001")) {
        tab = chromium.open(standby.address("/"));
        tab.await(".word", "standby");
        tab.await(".role", "role: standby, the leader is mirror2001");
        picture(tab, "standby");

        leader.signal("TERM");

        tab.await(".role", "role: leader, the leader is mirror1001");
        tab.await(".word", "following");
        tab.close();
      }
    }
  }

  @Test
  void linksOfAProcessAreShownWithThoseThatNeedAttention(@TempDir Path directory) throws Exception {
    sourceKeys.put("/conftool/eqiad/host-1", "pooled");
    sinkKeys.put("/app/stale", "x");
    sinkKeys.put("/old/foreign", "x");
    Path file =
        Files.writeString(
            directory.resolve("links.yaml"),
            """
            source: %s
            sink: %s
            http: 127.0.0.1:0
            links:
              - {name: app, prefix: /app/}
              - {name: conftool, prefix: /conftool/}
              - {name: old, prefix: /old/, require-empty: true}
              - {name: spicerack, prefix: /spicerack/}
            """
                .formatted(source, sink));
    try (ServiceProcess service =
        ServiceProcess.start(List.of(), "run", "--config", file.toString())) {
      Tab tab = chromium.open(service.address("/"));
      tab.await("#connection", "4 links");
      assertThat(service.post("/links/spicerack/pause").statusCode()).isEqualTo(200);

      tab.await("#attention", "needs attention: app (blocked), old (failed), spicerack (paused)");
      tab.await("article:nth-child(2) .level", "level with the source");
      picture(tab, "links");

      Files.writeString(file, Files.readString(file).replace("/conftool/}", "/conftool/, ttl: x}"));
      service.signal("HUP");
      tab.await("#refused", "link 'conftool': ttl: 'x' is not one of follow, copy");
      tab.close();
    }
  }
}
