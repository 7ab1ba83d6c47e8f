package org.etcdmirror.pairings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** The data directory of a local server, moved away and put back, as a person might do. */
final class DataAside {

  private final EtcdServer etcd;
  private final Path data;
  private final Path aside;

  private DataAside(EtcdServer etcd) {
    this.etcd = etcd;
    this.data = etcd.log().resolveSibling("data");
    // It is deleted with the server's own directory.
    this.aside = etcd.log().resolveSibling("data-aside");
  }

  /** The server runs again when this returns: empty, and with the cluster id that it had. */
  static DataAside of(EtcdServer etcd) throws IOException {
    DataAside moved = new DataAside(etcd);
    etcd.stop();
    Files.move(moved.data, moved.aside);
    etcd.restart();
    return moved;
  }

  /** The server is what it was before. */
  void putBack() throws IOException {
    etcd.stop();
    try (Stream<Path> tree = Files.walk(data)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
    Files.move(aside, data);
    etcd.restart();
  }
}
