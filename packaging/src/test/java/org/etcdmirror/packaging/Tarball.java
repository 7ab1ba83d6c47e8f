package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tarball, unpacked: its only directory. */
record Tarball(Path home) {

  static Tarball unpackedIn(Path directory) throws IOException {
    Files.createDirectories(directory);
    Command.of("tar", "-xzf", System.getProperty("packaging.tarball"), "-C", directory)
        .run()
        .requireSuccess();
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> homes = entries.toList();
      assertThat(homes).hasSize(1);
      return new Tarball(homes.get(0));
    }
  }

  Path launcher() {
    return home.resolve("bin/etcd-mirror");
  }

  Path jar() {
    return home.resolve("lib/etcd-mirror.jar");
  }
}
