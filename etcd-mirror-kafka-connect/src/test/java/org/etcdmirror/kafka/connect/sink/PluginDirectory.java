package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** A directory of plug-ins for a worker, with the connectors as they are on this class path. */
final class PluginDirectory {

  /** What the worker has, and what only tests need. */
  private static final List<String> LEFT_OUT =
      List.of(
          "kafka-clients",
          "connect-api",
          "slf4j",
          "logback",
          "junit",
          "opentest4j",
          "apiguardian",
          "assertj",
          "awaitility",
          "hamcrest",
          "byte-buddy",
          "testcontainers",
          "testkit",
          "surefire");

  private PluginDirectory() {}

  /** Fills an empty directory. */
  static Path fill(Path directory) throws IOException {
    Path plugin = Files.createDirectory(directory.resolve("etcd-mirror"));
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      Path jar = plugin.resolve(number++ + ".jar");
      if (LEFT_OUT.stream().anyMatch(entry::contains) || entry.endsWith("tests.jar")) {
        continue;
      }
      if (Files.isRegularFile(path)) {
        Files.createSymbolicLink(jar, path);
      } else if (path.endsWith("classes")) {
        pack(path, jar);
      }
    }
    return directory;
  }

  private static void pack(Path classes, Path jar) {
    ToolProvider packer = ToolProvider.findFirst("jar").orElseThrow();
    int failures =
        packer.run(System.out, System.err, "--create", "--file", jar + "", "-C", classes + "", ".");
    assertThat(failures).isZero();
  }
}
