package org.etcdmirror.service.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.etcdmirror.service.recorder.Dump;
import org.etcdmirror.service.recorder.Timeline;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a dump. */
@Command(
    name = "replay",
    description = "Prints a dump of the newest events and decisions of a mirror, the oldest first.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class ReplayCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "The dump, from --dump-dir.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  ReplayCommand() {}

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("only picocli makes and calls a command");
    }
    Dump dump = Dump.read(file);
    spec.commandLine().getOut().println(json ? dump.json() : Timeline.of(dump));
    return 0;
  }
}
