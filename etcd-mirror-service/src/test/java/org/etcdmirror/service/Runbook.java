package org.etcdmirror.service;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page of steps with commands to execute.
 *
 * @param files the YAML blocks, each by the path in its first line
 * @param steps the numbered chapters
 */
record Runbook(Map<String, String> files, List<Step> steps) {

  /**
   * A numbered chapter. Each list holds the indented lines behind its bold word.
   *
   * @param title the heading
   * @param act the commands behind "Do."
   * @param verify the commands behind "Verify."
   * @param rollBack the commands behind "Roll back."
   */
  record Step(String title, List<String> act, List<String> verify, List<String> rollBack) {

    private Step(String title) {
      this(title, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private static final String INDENT = "    ";
  private static final String FILE = "# ";

  /**
   * Reads a page.
   *
   * @throws IllegalArgumentException if a command belongs to no step
   */
  static Runbook parse(List<String> page) {
    Map<String, String> files = new LinkedHashMap<>();
    List<Step> steps = new ArrayList<>();
    List<String> commands = null;
    List<String> file = null;
    for (String line : page) {
      if (file != null) {
        if (line.equals("```")) {
          files.put(file.get(0).substring(FILE.length()), String.join("\n", file) + "\n");
          file = null;
        } else {
          file.add(line);
        }
      } else if (line.equals("```yaml")) {
        file = new ArrayList<>();
      } else if (line.startsWith("## ")) {
        steps.add(new Step(line.substring(3)));
        commands = null;
      } else if (line.startsWith("**")) {
        commands = steps.isEmpty() ? null : commands(steps.get(steps.size() - 1), line);
      } else if (line.startsWith(INDENT)) {
        add(commands, line.strip());
      }
    }
    return new Runbook(files, steps);
  }

  private static @Nullable List<String> commands(Step step, String line) {
    if (line.startsWith("**Do.**")) {
      return step.act();
    }
    if (line.startsWith("**Verify.**")) {
      return step.verify();
    }
    return line.startsWith("**Roll back.**") ? step.rollBack() : null;
  }

  private static void add(@Nullable List<String> commands, String command) {
    if (commands == null) {
      throw new IllegalArgumentException("a command outside of a step: " + command);
    }
    commands.add(command);
  }
}
