package org.etcdmirror.service.config;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Settings from a command line, without a command. */
public final class TestSettings {

  private TestSettings() {}

  public static Settings of(String... args) {
    return of(Map.of(), args);
  }

  public static Settings of(Map<String, String> environment, String... args) {
    return Settings.of(Values.read(parse(args), environment));
  }

  /** Reads a command line as the command 'run' does. */
  public static ParseResult parse(String... args) {
    CommandSpec command = CommandSpec.create();
    LinkOption.addTo(command, CommandKind.RUN);
    return new CommandLine(command).parseArgs(args);
  }
}
