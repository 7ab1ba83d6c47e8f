package org.etcdmirror.service.http;

import static java.util.stream.Collectors.joining;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.http.StatusServer.Action;
import org.etcdmirror.service.report.LinkReport;
import org.etcdmirror.service.report.LinksReport;
import org.etcdmirror.service.run.LinkRunListener;
import org.etcdmirror.service.run.RunningLink;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the links of a process: {@code /links}, those of each link below {@code
 * /links/NAME}, and those of the process. Without a list of links, the pages of the process are
 * those of its only link.
 */
public final class LinkPages implements Pages, LinkRunListener {

  private static final String LINKS = "/links";
  private static final String LINK = LINKS + "/";
  private static final String METRICS = "/metrics";
  private static final String HEALTH = "/healthz";

  private record Served(RunningLink link, MirrorPages pages) {

    LinkReport report() {
      return LinkReport.of(link.name(), link.mirror().status());
    }
  }

  private final boolean isList;
  private final Map<String, Served> served = new ConcurrentSkipListMap<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Supplier<StatusReply>> own;

  /** All links together keep half of the connections for other pages. */
  private final Semaphore waiting = new Semaphore(IndexWaits.MOST);

  private volatile @Nullable String reloadError;

  /** Whether links are being stopped and started for a configuration that was read again. */
  private volatile boolean reloading;

  /**
   * Makes the pages of a process without a link yet.
   *
   * @param isList whether the configuration lists its links
   */
  public LinkPages(boolean isList) {
    this.isList = isList;
    this.own =
        Map.of(
            HEALTH,
            new KeptReply(() -> ProcessReply.health(report())),
            "/readyz",
            () -> ProcessReply.readiness(report()),
            "/status",
            () -> ProcessReply.status(report()));
    new ReloadMetrics(() -> reloadError != null).bindTo(registry);
  }

  /** Serves these pages where the settings say; null for {@code --http none}. */
  public @Nullable StatusServer serve(Settings settings) {
    return settings.http() == null
        ? null
        : StatusServer.start(settings.http(), settings.httpHosts(), settings.pageAccess(), this);
  }

  @Override
  public void onAdded(RunningLink link) {
    EtcdMirror mirror = link.mirror();
    String base = isList ? base(link.name()) : "";
    MirrorPages pages =
        new MirrorPages(
            base,
            mirror::status,
            new IndexWaits(base, mirror::await, mirror::status, waiting),
            MirrorActions.of(base, mirror, link.records().dumps()),
            Map.of());
    served.put(link.name(), new Served(link, pages));
    ServedMirror.meters(link.settings(), mirror).bindTo(registry);
    link.records().bindTo(registry);
  }

  @Override
  public void onRemoved(RunningLink link) {
    Served removed = served.remove(link.name());
    if (removed != null) {
      removed.pages().close();
    }
    List<Meter> meters =
        registry.getMeters().stream()
            .filter(meter -> link.name().equals(meter.getId().getTag("link")))
            .toList();
    meters.forEach(registry::remove);
  }

  @Override
  public void onReloading() {
    reloading = true;
  }

  @Override
  public void onReload(@Nullable String error) {
    reloadError = error;
    reloading = false;
  }

  /** Returns the path of a link, below which its pages are. */
  static String base(String name) {
    return LINK + encoded(name);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private LinksReport report() {
    return new LinksReport(served.values().stream().map(Served::report).toList(), reloadError);
  }

  @Override
  public @Nullable Supplier<StatusReply> page(String path) {
    if (path.equals(LINKS)) {
      return () -> ProcessReply.links(report());
    }
    if (reloading && path.equals(HEALTH)) {
      return () -> StatusReply.text(200, "alive; takes over the configuration");
    }
    if (path.equals(METRICS)) {
      return () -> StatusReply.metrics(registry.scrape());
    }
    if (isOfProcess(path)) {
      return own.get(path);
    }
    MirrorPages link = link(path);
    if (link == null && reloading && own.containsKey(path)) {
      return () -> StatusReply.text(503, "the link is being replaced; ask again");
    }
    return link == null ? null : link.page(inLink(path));
  }

  @Override
  public @Nullable IndexWaits waits(String path) {
    MirrorPages link = isOfProcess(path) ? null : link(path);
    return link == null ? null : link.waits(inLink(path));
  }

  @Override
  public @Nullable Action action(String path) {
    MirrorPages link = isOfProcess(path) ? null : link(path);
    return link == null ? null : link.action(inLink(path));
  }

  /** Whether the process itself answers, and none of its links. */
  private boolean isOfProcess(String path) {
    return isList && !path.startsWith(LINK);
  }

  private @Nullable MirrorPages link(String path) {
    Served link =
        path.startsWith(LINK)
            ? served.get(path.substring(LINK.length(), Math.max(LINK.length(), nameEnd(path))))
            : served.values().stream().findFirst().orElse(null);
    return link == null ? null : link.pages();
  }

  /** Returns the path of a page without its link. A name may have slashes. */
  private static String inLink(String path) {
    return path.startsWith(LINK) ? path.substring(nameEnd(path)) : path;
  }

  private static int nameEnd(String path) {
    return path.lastIndexOf('/');
  }

  @Override
  public String known() {
    Set<String> pages = new TreeSet<>(own.keySet());
    pages.addAll(Set.of(LINKS, METRICS));
    String links = served.keySet().stream().map(LinkPages::base).collect(joining(", "));
    String ofLinks =
        served.values().stream()
            .findFirst()
            .map(one -> one.pages().known())
            .orElse("pages are none");
    return isList
        ? "pages are /, %s; the links are %s, and below each %s"
            .formatted(String.join(", ", pages), links, ofLinks)
        : ofLinks;
  }

  @Override
  public void close() {
    served.values().forEach(link -> link.pages().close());
  }
}
