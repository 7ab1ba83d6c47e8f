package org.etcdmirror.service;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.etcdmirror.service.command.CompletionCommand;
import org.etcdmirror.service.command.CutoverCommand;
import org.etcdmirror.service.command.DoctorCommand;
import org.etcdmirror.service.command.IndexCommand;
import org.etcdmirror.service.command.LinkCommand;
import org.etcdmirror.service.command.OnceCommand;
import org.etcdmirror.service.command.PlanCommand;
import org.etcdmirror.service.command.ReplayCommand;
import org.etcdmirror.service.command.RunCommand;
import org.etcdmirror.service.command.VerifyCommand;
import org.etcdmirror.service.command.Version;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.dropin.EtcdmirrorCommand;
import org.etcdmirror.service.run.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. {@link Outcome} has its exit codes. */
@Command(
    name = "etcd-mirror",
    description = "Keeps one etcd keyspace equal to another.",
    subcommands = {
      RunCommand.class,
      DoctorCommand.class,
      OnceCommand.class,
      PlanCommand.class,
      VerifyCommand.class,
      IndexCommand.class,
      CutoverCommand.class,
      ReplayCommand.class,
      EtcdmirrorCommand.class,
      CompletionCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  Main() {}

  /** Runs the program and ends the process. */
  public static void main(String[] args) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(
        execute(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /** Runs the program and returns its exit code, unless a mirror was started. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    return commandLine()
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((e, rest) -> say(err, Outcome.badUsage(message(e))))
        .setExecutionExceptionHandler((e, command, parsed) -> say(err, outcome(e)))
        .execute(args);
  }

  /** Makes the program with all its commands. */
  static CommandLine commandLine() {
    CommandLine program = new CommandLine(new Main()).setExpandAtFiles(false);
    LinkCommand.addOptions(program);
    return program;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "name a command: run, doctor, once, plan, verify, index, cutover or replay; see --help");
    }
  }

  /** Leaves out the value of an unknown option: it may be a password. */
  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      String option = unmatched.getUnmatched().get(0).split("=", 2)[0];
      boolean ofOtherCommand =
          e.getCommandLine().getCommand() instanceof LinkCommand
              && LinkOption.of(option.replaceFirst("^--", "")).isPresent();
      return ofOtherCommand
          ? "%s: '%s' does not use it"
              .formatted(
                  option,
                  e.getCommandLine()
                      .getCommandSpec()
                      .qualifiedName()
                      .replaceFirst("^etcd-mirror ", ""))
          : "Unknown option: '" + option + "'" + similar(option, unmatched.getSuggestions());
    }
    return String.valueOf(e.getMessage());
  }

  /** Names the known option that is most like an unknown one; first of all, one that it begins. */
  private static String similar(String option, List<String> suggestions) {
    return suggestions.stream()
        .filter(known -> known.startsWith(option))
        .findFirst()
        .or(() -> suggestions.stream().findFirst())
        .map(known -> "; did you mean '" + known + "'?")
        .orElse("");
  }

  private static Outcome outcome(Exception failure) {
    return failure instanceof UsageException
        ? Outcome.badUsage(String.valueOf(failure.getMessage()))
        : Outcome.failed(failure);
  }

  private static int say(PrintWriter err, Outcome outcome) {
    err.println(outcome.lastLine());
    return outcome.exitCode();
  }
}
