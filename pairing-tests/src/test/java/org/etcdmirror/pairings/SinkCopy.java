package org.etcdmirror.pairings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** A copy of a server's data directory, as an operator makes one, and puts it back. */
final class SinkCopy {

  private final EtcdServer etcd;
  private final Path data;
  private final Path copy;

  private SinkCopy(EtcdServer etcd) {
    this.etcd = etcd;
    this.data = etcd.log().resolveSibling("data");
    // It is deleted with the server's own directory.
    this.copy = etcd.log().resolveSibling("copy");
  }

  /** Made while the server stands still; it runs again when this returns. */
  static SinkCopy of(EtcdServer etcd) throws IOException {
    SinkCopy made = new SinkCopy(etcd);
    etcd.stop();
    copy(made.data, made.copy);
    etcd.restart();
    return made;
  }

  /** The server is as it was when the copy was made. */
  void putBack() throws IOException {
    etcd.stop();
    delete(data);
    copy(copy, data);
    etcd.restart();
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path path : all(from)) {
      Files.copy(path, to.resolve(from.relativize(path)));
    }
  }

  private static void delete(Path root) throws IOException {
    for (Path path : all(root).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(path);
    }
  }

  private static List<Path> all(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.sorted().toList();
    }
  }
}
