package org.etcdmirror.service;

import java.util.ArrayList;
import java.util.List;

/** Runs the command 'doctor' in this JVM. */
final class DoctorCli {

  private DoctorCli() {}

  /** Checks a link of the prefix {@code /conftool}. */
  static Cli check(String source, String sink, Object... more) {
    return check(source, sink, "/conftool", List.of(more));
  }

  /**
   * Checks a link of any prefix. A window among the other options counts instead of the short one.
   */
  static Cli check(String source, String sink, String prefix, List<Object> more) {
    List<String> words =
        new ArrayList<>(List.of("doctor", "--source", source, "--sink", sink, "--prefix", prefix));
    if (!more.contains("--window")) {
      words.addAll(List.of("--window", "300ms"));
    }
    for (Object word : more) {
      words.add(word.toString());
    }
    return Cli.execute(words.toArray(String[]::new));
  }

  /** The lines of one check, each as its level, a blank and its text. */
  static List<String> lines(Cli cli, String check) {
    return cli.out()
        .lines()
        .filter(line -> line.substring(9).startsWith(check + " "))
        .map(
            line -> line.substring(0, 9).strip() + " " + line.substring(9 + check.length()).strip())
        .toList();
  }
}
