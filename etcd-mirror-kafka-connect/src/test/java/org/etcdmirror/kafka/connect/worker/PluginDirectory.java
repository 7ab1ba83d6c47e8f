package org.etcdmirror.kafka.connect.worker;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The plug-in as a directory of jars, made of the class path of the tests: what the package's jar
 * holds is not built yet when tests run.
 */
final class PluginDirectory {

  /** The worker has these, or they are of the tests. */
  private static final Pattern NOT_OF_THE_PLUGIN =
      Pattern.compile(
          "(kafka-clients|connect-api|slf4j|logback|junit|opentest4j|assertj|awaitility|hamcrest"
              + "|testcontainers|surefire|jspecify|byte-buddy|apiguardian).*");

  private PluginDirectory() {}

  /** Fills a directory, which a worker's plugin.path names the parent of. */
  static void fill(Path directory) throws IOException {
    Files.createDirectories(directory);
    int number = 0;
    for (Path entry : classPath()) {
      if (Files.isDirectory(entry)) {
        if (!entry.toString().contains("test-classes")) {
          jar(entry, directory.resolve("classes-" + number++ + ".jar"));
        }
      } else if (Files.exists(entry)
          && !NOT_OF_THE_PLUGIN.matcher(entry.getFileName().toString()).matches()) {
        Files.createSymbolicLink(directory.resolve(entry.getFileName()), entry);
      }
    }
  }

  private static List<Path> classPath() {
    String text =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<Path> entries = new ArrayList<>();
    for (String entry : text.split(Pattern.quote(File.pathSeparator), -1)) {
      entries.add(Path.of(entry).toAbsolutePath());
    }
    return entries;
  }

  private static void jar(Path classes, Path file) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(classes)) {
      all = files.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      for (Path one : all) {
        jar.putNextEntry(new JarEntry(classes.relativize(one).toString()));
        Files.copy(one, jar);
        jar.closeEntry();
      }
    }
  }
}
