package org.etcdmirror.service;

import java.util.concurrent.Callable;
import org.etcdmirror.core.EtcdMirror;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings the sink level and ends. */
@Command(
    name = "once",
    description = "Brings the sink level with the source as it is at the start, and ends.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class OnceCommand implements Callable<Integer> {

  private static final Outcome TOO_EARLY =
      Outcome.failed("stopped before the sink was level; what was written stays");

  @Mixin private MirrorOptions options = new MirrorOptions();
  @Spec private @Nullable CommandSpec spec;

  OnceCommand() {}

  @Override
  public Integer call() {
    EtcdMirror mirror = MirrorFactory.create(options.settings());
    return Lifetime.spend(mirror, TOO_EARLY, () -> print(mirror.syncOnce().describe()));
  }

  private void print(String line) {
    if (spec != null) {
      spec.commandLine().getOut().println(line);
    }
  }
}
