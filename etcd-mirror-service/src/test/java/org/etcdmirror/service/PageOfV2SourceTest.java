package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.service.browser.Chromium;
import org.etcdmirror.service.browser.Contrast;
import org.etcdmirror.service.browser.Tab;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The status page of a mirror whose source keeps its newest 1000 events alone (etcd v2). */
@Timeout(600)
@Tag("browser")
@EtcdTest
class PageOfV2SourceTest {

  private static final Pattern LEFT = Pattern.compile("events of history left: ([0-9,]+) now.*");

  private final EtcdServer source;
  private final EtcdServer sink;

  PageOfV2SourceTest(EtcdServer source, EtcdServer sink) {
    this.source = source;
    this.sink = sink;
  }

  private static long historyLeft(Tab tab) throws Exception {
    Matcher caption = LEFT.matcher(tab.text(".headroom figcaption").toLowerCase(Locale.ROOT));
    return caption.matches() ? Long.parseLong(caption.group(1).replace(",", "")) : -1;
  }

  private static String points(Tab tab) throws Exception {
    return tab.evaluate("document.querySelector('.headroom .line').getAttribute('d')").textValue();
  }

  @Test
  void plotOfHistoryLeftFallsWhileAPausedMirrorReadsNoMore() throws Exception {
    V2Http keys = new V2Http(source.clientUrl());
    keys.put("/conftool/host-1", "pooled");
    // A source that has not forgotten an event yet does not say how many it keeps.
    PipelinedWriter.storm(source.clientUrl(), "/elsewhere", 8, 150);
    try (Chromium chromium = Chromium.start();
        ServiceProcess service =
            ServiceProcess.start(
                List.of(),
                "run",
                "--source=v2:" + source.clientUrl(),
                "--sink=v2:" + sink.clientUrl(),
                "--prefix=/conftool/",
                "--link=conftool",
                "--http=127.0.0.1:0")) {
      Tab tab = chromium.open(service.address("/"));
      tab.await(".word", "following");
      await().atMost(PATIENCE).until(() -> historyLeft(tab) > 900);
      String level = points(tab);

      assertThat(service.post("/pause").statusCode()).isIn(200, 202);
      for (int i = 0; i < 300; i++) {
        keys.put("/conftool/host-1", "state " + i);
      }

      await().atMost(PATIENCE).until(() -> historyLeft(tab) >= 0 && historyLeft(tab) <= 750);
      assertThat(points(tab)).isNotEqualTo(level);
      assertThat(Contrast.tooFaint(tab)).isEmpty();
      assertThat(tab.complaints()).isEmpty();
      tab.close();
    }
  }
}
