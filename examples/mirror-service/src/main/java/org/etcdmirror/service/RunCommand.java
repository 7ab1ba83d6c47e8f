package org.etcdmirror.service;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorMetrics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Mirrors until a signal stops it, or until it fails for good. */
@Command(
    name = "run",
    description = "Mirrors until SIGTERM or SIGINT, or until it fails for good.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class RunCommand implements Callable<Integer> {

  @Mixin private MirrorOptions options = new MirrorOptions();

  RunCommand() {}

  @Override
  public Integer call() {
    Settings settings = options.settings();
    EtcdMirror mirror = MirrorFactory.create(settings);
    StatusServer server = serve(settings, mirror);
    return Lifetime.spend(mirror, Outcome.DONE, () -> run(mirror, server));
  }

  private static void run(EtcdMirror mirror, @Nullable StatusServer server) {
    try {
      mirror.run();
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  private static @Nullable StatusServer serve(Settings settings, EtcdMirror mirror) {
    InetSocketAddress http = settings.http();
    return http == null ? null : StatusServer.start(http, mirror::status, meters(settings, mirror));
  }

  private static MeterBinder meters(Settings settings, EtcdMirror mirror) {
    Tags sink = Tags.of("sink", settings.sink().text());
    Tags both = sink.and("link", mirror.status().link());
    return registry -> {
      new MirrorMetrics(mirror::status, sink).bindTo(registry);
      new CertificateMetrics(settings.sourceAccess(), both.and("side", "source")).bindTo(registry);
      new CertificateMetrics(settings.sinkAccess(), both.and("side", "sink")).bindTo(registry);
    };
  }
}
