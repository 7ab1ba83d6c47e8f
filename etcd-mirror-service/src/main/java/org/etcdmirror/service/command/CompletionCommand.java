package org.etcdmirror.service.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Prints the completion of the packaged program for bash and zsh; the packages are built with it.
 */
@Command(
    name = "completion",
    description = "Prints a script that completes commands and options in bash and zsh.",
    hidden = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class CompletionCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  CompletionCommand() {}

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("only picocli makes and calls a command");
    }
    CommandSpec program = spec.root();
    spec.commandLine().getOut().print(AutoComplete.bash(program.name(), program.commandLine()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
