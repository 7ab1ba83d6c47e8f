package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the same package with a higher version. */
final class NewerPackage {

  private NewerPackage() {}

  static Path of(Path debianPackage, Path directory) throws IOException {
    Path content = directory.resolve("content");
    Command.of("dpkg-deb", "--raw-extract", debianPackage, content).run().requireSuccess();
    Path control = content.resolve("DEBIAN/control");
    String before = Files.readString(control);
    String after = before.replaceAll("(?m)^(Version: .*)$", "$1+newer");
    assertThat(after).isNotEqualTo(before);
    Files.writeString(control, after);
    Path newer = directory.resolve("newer.deb");
    Command.of("dpkg-deb", "--root-owner-group", "-Znone", "--build", content, newer)
        .run()
        .requireSuccess();
    return newer;
  }
}
