package org.etcdmirror.service;

import org.etcdmirror.core.EtcdMirror;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Mirrors until a signal stops it, or until it fails for good. */
@Command(name = "run", description = "Mirrors until SIGTERM or SIGINT, or until it fails for good.")
final class RunCommand extends LinkCommand {

  RunCommand() {}

  @Override
  public Integer call() {
    Settings settings = settings();
    EtcdMirror mirror = LinkFactory.create(settings).mirror();
    StatusServer server = ServedMirror.start(settings, mirror, MirrorActions.of(mirror));
    return Lifetime.spend(mirror, Outcome.DONE, () -> run(mirror, server));
  }

  private static Outcome run(EtcdMirror mirror, @Nullable StatusServer server) {
    try {
      mirror.run();
      return Outcome.DONE;
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }
}
