package org.etcdmirror.service.command;

import org.etcdmirror.service.config.Given;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that reads a dump at an earlier index. */
final class AtOption {

  @Option(
      names = "--at",
      paramLabel = "INDEX",
      description =
          "Reads a file: source at this recorded index of the cluster that it was made from. "
              + "Default: the newest.")
  private @Nullable String at;

  /** Returns the index; null if none was given. */
  @Nullable Given given() {
    return at == null ? null : Given.onCommandLine("at", at);
  }
}
