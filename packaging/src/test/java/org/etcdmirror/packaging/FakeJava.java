package org.etcdmirror.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The home of a Java that records how it was started, and makes the archive that it is asked for.
 */
record FakeJava(Path home) {

  /**
   * Makes it.
   *
   * @param version what its file {@code release} says; null for no such file
   */
  static FakeJava in(Path home, @Nullable String version) throws IOException {
    FakeJava java = new FakeJava(home);
    Script.write(
        home.resolve("bin/java"),
        "printf '%s\\n' \"$@\" >'" + java.argumentsFile() + "'",
        "printf '%s' \"${ETCD_MIRROR_JAVA_OPTIONS-unset}\" >'" + java.variableFile() + "'",
        "for argument; do",
        "  case $argument in",
        "    -XX:ArchiveClassesAtExit=*) echo classes >\"${argument#*=}\" ;;",
        "  esac",
        "done");
    if (version != null) {
      Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    }
    return java;
  }

  boolean wasStarted() {
    return Files.exists(argumentsFile());
  }

  /** The arguments of its last start. */
  List<String> arguments() throws IOException {
    return Files.readAllLines(argumentsFile());
  }

  /** The launcher's variable in its last start. */
  String variable() throws IOException {
    return Files.readString(variableFile());
  }

  private Path argumentsFile() {
    return home.resolve("arguments");
  }

  private Path variableFile() {
    return home.resolve("variable");
  }
}
