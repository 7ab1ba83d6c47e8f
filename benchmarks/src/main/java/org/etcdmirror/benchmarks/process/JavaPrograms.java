package org.etcdmirror.benchmarks.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The programs of this module, each in a JVM of its own, and the figures that they print. */
public final class JavaPrograms {

  private JavaPrograms() {}

  /** The {@code java} of this JVM. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The command line of a program. */
  public static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(java(), "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Runs a program to its end and returns its figures. */
  public static Map<String, Double> run(Class<?> main, Object... arguments)
      throws InterruptedException, UnusableException {
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    try (Program program = Program.start(command(main, texts))) {
      return figures(program.result());
    }
  }

  /** Prints a figure for {@link #figures}. */
  public static void print(String name, double value) {
    System.out.println("figure " + name + " " + value);
  }

  /** The figures among what a program printed. */
  public static Map<String, Double> figures(String printed) {
    Map<String, Double> figures = new HashMap<>();
    printed
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length == 3 && words[0].equals("figure"))
        .forEach(words -> figures.put(words[1], Double.valueOf(words[2])));
    return figures;
  }
}
