package org.etcdmirror.service.config;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Settings from a command line, without a command. */
public final class TestSettings {

  private TestSettings() {}

  public static Settings of(String... args) {
    return of(Map.of(), args);
  }

  public static Settings of(Map<String, String> environment, String... args) {
    CommandSpec command = CommandSpec.create();
    LinkOption.addTo(command, CommandKind.FOLLOW);
    return Settings.of(Values.read(new CommandLine(command).parseArgs(args), environment));
  }
}
