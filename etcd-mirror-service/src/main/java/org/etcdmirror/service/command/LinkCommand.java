package org.etcdmirror.service.command;

import java.util.concurrent.Callable;
import org.etcdmirror.service.config.MirrorOptions;
import org.etcdmirror.service.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command about one link. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class LinkCommand implements Callable<Integer> {

  @Mixin private MirrorOptions options = new MirrorOptions();
  @Spec private @Nullable CommandSpec spec;

  /** What was asked for. */
  final Settings settings() {
    return options.settings();
  }

  /** Writes lines to the standard output. */
  final void print(Object lines) {
    if (spec != null) {
      spec.commandLine().getOut().println(lines);
    }
  }
}
