package org.etcdmirror.service.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints or moves a link's stored index. */
@Command(
    name = "index",
    description = "Prints a link's stored index, or moves it.",
    subcommands = {IndexShowCommand.class, IndexSetCommand.class},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class IndexCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  IndexCommand() {}

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "name a command: 'index show' or 'index set N'");
    }
  }
}
