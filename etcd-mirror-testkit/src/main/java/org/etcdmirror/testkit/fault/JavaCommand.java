package org.etcdmirror.testkit.fault;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line of a program in a JVM of its own, with the JVM of the tests. */
public final class JavaCommand {

  private JavaCommand() {}

  /**
   * The {@code java} program and its options.
   *
   * @param options more options, for example {@code -Xmx64m}
   */
  static List<String> java(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It does not live long enough for a larger collector or the better compiler.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(options);
    return command;
  }

  /**
   * A program as its users run it: without the test classes.
   *
   * @param main its main class
   * @param plugins jars behind it on the class path
   * @param options of the JVM, for example {@code -Xmx64m}
   * @return a list to which arguments may be added
   */
  public static List<String> ofClass(String main, List<Path> plugins, String... options) {
    List<String> command = java(List.of(options));
    command.addAll(List.of("-cp", classPath(plugins), main));
    return command;
  }

  /**
   * A program in a jar, if there is one, else on the class path without the test classes.
   *
   * @param jar its jar; empty for none
   * @param main its main class
   * @param options of the JVM, for example {@code -Xmx64m}
   * @return a list to which arguments may be added
   */
  public static List<String> ofJar(String jar, String main, String... options) {
    if (jar.isEmpty()) {
      return ofClass(main, List.of(), options);
    }
    List<String> command = java(List.of(options));
    command.addAll(List.of("-jar", jar));
    return command;
  }

  private static String classPath(List<Path> plugins) {
    Stream<String> product =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).endsWith("test-classes"));
    return Stream.concat(product, plugins.stream().map(Path::toString))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
