package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.nio.file.Path;
import org.etcdmirror.service.browser.Chromium;
import org.etcdmirror.service.browser.Tab;
import org.etcdmirror.site.Site;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The site of the docs in a real browser, from files, without a server. */
@Timeout(600)
@Tag("browser")
@SuppressWarnings("NullAway.Init") // Set before all tests.
class SiteSearchTest {

  @TempDir private static Path site;
  private static Chromium chromium;

  @BeforeAll
  static void writeSiteAndStartBrowser() throws Exception {
    new Site(Path.of("..")).write(site);
    chromium = Chromium.start();
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    chromium.close();
  }

  private static URI page(String file) {
    return site.resolve(file).toUri();
  }

  @Test
  void wordsLeadToThePartsThatHaveAllOfThem() throws Exception {
    Tab tab = chromium.open(page("docs/embed.html"));
    tab.await("h1", "embed");

    tab.focus("#search");
    tab.type("resync LOOP");
    tab.await("#found a", "resync loop");
    tab.press("Enter");

    await()
        .atMost(PATIENCE)
        .until(() ->
            tab.evaluate("location.href").textValue().endsWith("operations.html#a-resync-loop"));
    tab.await("h1", "operations");
    assertThat(tab.complaints()).isEmpty();
    tab.close();
  }

  @Test
  void wordsThatAreNowhereAreSaidSoAndEscapeClosesTheSearch() throws Exception {
    Tab tab = chromium.open(page("index.html"));
    tab.await("h1", "etcd-mirror");

    tab.focus("#search");
    tab.type("<b>nowhere-to-be-found");
    tab.await("#found", "no page has the word <b>nowhere-to-be-found");
    tab.press("Escape");

    await()
        .atMost(PATIENCE)
        .until(() -> tab.evaluate("document.getElementById('found').hidden").booleanValue());
    assertThat(tab.complaints()).isEmpty();
    tab.close();
  }
}
