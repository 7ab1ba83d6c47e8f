package org.etcdmirror.service;

import org.etcdmirror.core.EtcdMirror;
import picocli.CommandLine.Command;

/** Brings the sink level and ends. */
@Command(
    name = "once",
    description = "Brings the sink level with the source as it is at the start, and ends.")
final class OnceCommand extends LinkCommand {

  private static final Outcome TOO_EARLY =
      Outcome.failed("stopped before the sink was level; what was written stays");

  OnceCommand() {}

  @Override
  public Integer call() {
    EtcdMirror mirror = LinkFactory.create(settings()).mirror();
    return Lifetime.spend(mirror, TOO_EARLY, () -> once(mirror));
  }

  private Outcome once(EtcdMirror mirror) throws InterruptedException {
    print(mirror.syncOnce().describe());
    return Outcome.DONE;
  }
}
