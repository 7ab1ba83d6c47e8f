package org.etcdmirror.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A package of the same name and an older version, as the program etcdmirror has one. */
final class OldProgramsPackage {

  private OldProgramsPackage() {}

  static Path in(Path directory) throws IOException {
    Path content = directory.resolve("old");
    Files.writeString(
        Files.createDirectories(content.resolve("DEBIAN")).resolve("control"),
        """
        Package: etcd-mirror
        Version: 0.0.12-1
        Architecture: all
        Maintainer: nobody <nobody@example.org>
        Description: another program
        """);
    Script.write(content.resolve("usr/bin/etcd-mirror"), "exit 1");
    Path made = directory.resolve("old.deb");
    Command.of("dpkg-deb", "--root-owner-group", "-Znone", "--build", content, made)
        .run()
        .requireSuccess();
    return made;
  }
}
