package org.etcdmirror.service.command;

import java.util.concurrent.Callable;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.Values;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command about one link. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
public abstract class LinkCommand implements Callable<Integer> {

  private final CommandKind kind;
  @Spec private @Nullable CommandSpec spec;

  LinkCommand(CommandKind kind) {
    this.kind = kind;
  }

  /** Adds to each command of a program the options of the link that it uses. */
  public static void addOptions(CommandLine program) {
    if (program.getCommand() instanceof LinkCommand command) {
      LinkOption.addTo(program.getCommandSpec(), command.kind);
    }
    program.getSubcommands().values().forEach(LinkCommand::addOptions);
  }

  /** Reads the options of all links. */
  final LinkList links() {
    return LinkList.read(commandLine().getParseResult(), System.getenv());
  }

  /** Reads the options of the only link, or of the one that was chosen. */
  final Settings settings() {
    return Settings.of(Values.read(commandLine().getParseResult(), System.getenv()));
  }

  /** Writes lines to the standard output. */
  final void print(Object lines) {
    commandLine().getOut().println(lines);
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("only picocli makes and calls a command");
    }
    return spec.commandLine();
  }
}
