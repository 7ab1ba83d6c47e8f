package org.etcdmirror.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A unit of systemd, for one instance. */
record Unit(List<String> lines, String instance) {

  static Unit read(Path file, String instance) throws IOException {
    return new Unit(Files.readAllLines(file), instance);
  }

  /** The value of a setting that stands in it once. */
  String value(String setting) {
    List<String> values =
        lines.stream()
            .filter(line -> line.startsWith(setting + "="))
            .map(line -> line.substring(setting.length() + 1).replace("%i", instance))
            .toList();
    if (values.size() != 1) {
      throw new AssertionError(setting + " is not in the unit once: " + values);
    }
    return values.get(0);
  }

  /** The command that it starts, where its files are below another root. */
  List<String> execStart(Path root) {
    return List.of(value("ExecStart").split(" ")).stream()
        .map(word -> word.startsWith("/") ? root + word : word)
        .toList();
  }
}
