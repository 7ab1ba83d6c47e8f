package org.etcdmirror.service.command;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.http.MirrorActions;
import org.etcdmirror.service.http.ServedMirror;
import org.etcdmirror.service.http.StatusServer;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.run.Lifetime;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.service.run.SystemdNotifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Mirrors until a signal stops it, or until it fails for good. */
@Command(name = "run", description = "Mirrors until SIGTERM or SIGINT, or until it fails for good.")
public final class RunCommand extends LinkCommand {

  RunCommand() {
    super(CommandKind.FOLLOW);
  }

  @Override
  public Integer call() {
    Settings settings = settings();
    LinkFactory.requireLiveSource(settings);
    SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
    EtcdMirror mirror = LinkFactory.create(settings).mirror(systemd);
    StatusServer server = ServedMirror.start(settings, mirror, MirrorActions.of(mirror));
    return Lifetime.spend(mirror, Outcome.DONE, systemd, () -> run(mirror, server));
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static Outcome run(EtcdMirror mirror, @Nullable StatusServer server) {
    try (ProgressWatch watch = ProgressWatch.forService(mirror)) {
      mirror.run();
      return Outcome.DONE;
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }
}
