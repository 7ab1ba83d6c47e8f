package org.etcdmirror.service.http;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetSocketAddress;
import java.util.Map;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.http.StatusServer.Action;
import org.jspecify.annotations.Nullable;

/** Serves a mirror with its pages, actions and metrics, as the settings say. */
public final class ServedMirror {

  private ServedMirror() {}

  /** Starts the server; null for {@code --http none}. */
  public static @Nullable StatusServer start(
      Settings settings, EtcdMirror mirror, Map<String, Action> actions) {
    return start(settings, mirror, actions, registry -> {});
  }

  /**
   * Starts the server with more meters; null for {@code --http none}.
   *
   * @param first is bound before the meters of the mirror
   */
  public static @Nullable StatusServer start(
      Settings settings, EtcdMirror mirror, Map<String, Action> actions, MeterBinder first) {
    InetSocketAddress http = settings.http();
    return http == null
        ? null
        : StatusServer.start(
            http,
            settings.httpHosts(),
            settings.pageAccess(),
            mirror::status,
            new IndexWaits(mirror::await, mirror::status),
            actions,
            registry -> {
              first.bindTo(registry);
              meters(settings, mirror).bindTo(registry);
            });
  }

  /** Returns the meters of a mirror and of the certificates of its link. */
  static MeterBinder meters(Settings settings, EtcdMirror mirror) {
    Tags sink = Tags.of("sink", settings.sink().text());
    Tags both = sink.and("link", mirror.status().link());
    return registry -> {
      new MirrorMetrics(mirror::status, sink).bindTo(registry);
      certificates(settings.sourceAccess(), both, "source", "client").bindTo(registry);
      certificates(settings.sinkAccess(), both, "sink", "client").bindTo(registry);
      certificates(settings.pageAccess().tls(), both, "http", "server").bindTo(registry);
    };
  }

  private static MeterBinder certificates(Access access, Tags tags, String side, String own) {
    return new CertificateMetrics(access, tags.and("side", side), own);
  }
}
