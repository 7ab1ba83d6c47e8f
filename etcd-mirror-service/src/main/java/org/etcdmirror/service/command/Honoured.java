package org.etcdmirror.service.command;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Which options a command honours. Every command is about one link and could take the same ones; an
 * option that it would pass over in silence is refused instead, so that no one relies on it. A
 * configuration file may be for several commands, and may hold what some of them make nothing of.
 */
public final class Honoured {

  private static final Set<String> WHILE_FOLLOWING =
      Set.of(
          "--catch-up",
          "--hold-events",
          "--hold-age",
          "--verify-every",
          "--verify-action",
          "--verify-rate",
          "--http",
          "--http-host");

  /** What a command makes nothing of, by its name; each of them less than the one before. */
  private static final Map<String, Set<String>> REFUSED = refused();

  private Honoured() {}

  private static Map<String, Set<String>> refused() {
    Map<String, Set<String>> refused = new HashMap<>();
    Set<String> more = new HashSet<>(WHILE_FOLLOWING);
    refused.put("once", Set.copyOf(more));
    more.addAll(List.of("--recovery", "--require-empty"));
    refused.put("plan", Set.copyOf(more));
    more.addAll(List.of("--max-deletes", "--former-prefix"));
    refused.put("verify", Set.copyOf(more));
    more.add("--unsupported-entries");
    refused.put("show", Set.copyOf(more));
    more.addAll(List.of("--exclude", "--exclude-prefix", "--ttl"));
    refused.put("set", Set.copyOf(more));
    return refused;
  }

  /** Takes from each command the options that it does not honour. */
  public static void apply(CommandLine program) {
    CommandSpec spec = program.getCommandSpec();
    for (String name : REFUSED.getOrDefault(spec.name(), Set.of())) {
      ArgSpec option = spec.findOption(name);
      if (option != null) {
        spec.remove(option);
      }
    }
    program.getSubcommands().values().forEach(Honoured::apply);
  }

  /** Whether it is an option of another command that this one makes nothing of. */
  public static boolean isRefused(String command, String option) {
    return REFUSED.getOrDefault(command, Set.of()).contains(option);
  }
}
