package org.etcdmirror.service.command;

import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.http.LinkPages;
import org.etcdmirror.service.http.StatusServer;
import org.etcdmirror.service.progress.LinkProgress;
import org.etcdmirror.service.run.HangUp;
import org.etcdmirror.service.run.Lifetime;
import org.etcdmirror.service.run.LinkRun;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.service.run.SystemdNotifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Mirrors until a signal stops it, or until all links have failed for good. */
@Command(name = "run", description = "Mirrors until SIGTERM or SIGINT, or until it fails for good.")
public final class RunCommand extends LinkCommand {

  RunCommand() {
    super(CommandKind.RUN);
  }

  @Override
  public Integer call() {
    LinkList list = links();
    SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
    LinkPages pages = new LinkPages(list.isList());
    LinkProgress progress = new LinkProgress();
    LinkRun links = new LinkRun(list, this::links, systemd, pages, progress);
    StatusServer server = pages.serve(list.process());
    if (list.hasFile()) {
      HangUp.onSignal(links::reload);
    }
    return Lifetime.spend(links, Outcome.DONE, systemd, () -> run(links, progress, server));
  }

  private static Outcome run(LinkRun links, LinkProgress progress, @Nullable StatusServer server)
      throws InterruptedException {
    try (progress) {
      return links.run();
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }
}
