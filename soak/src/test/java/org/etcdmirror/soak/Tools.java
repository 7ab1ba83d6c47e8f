package org.etcdmirror.soak;

import java.nio.file.Path;
import java.util.Optional;
import org.etcdmirror.soak.Fault.UnsuitableException;
import org.etcdmirror.testkit.etcd.EtcdBinary;

/** Programs of this machine that some faults need. {@code scripts/soak.sh} names them. */
final class Tools {

  private Tools() {}

  static Path strace() throws UnsuitableException {
    return property("soak.strace").orElseThrow(() -> new UnsuitableException("no strace"));
  }

  /** The library that fakes the clock of a program. */
  static Optional<Path> faketime() {
    return property("soak.faketime");
  }

  /** The etcdctl that belongs to an etcd: the one beside it, else the one of a variable. */
  static Path etcdctl(EtcdBinary etcd) throws UnsuitableException {
    Path beside = etcd.path().resolveSibling("etcdctl");
    if (beside.toFile().canExecute()) {
      return beside;
    }
    throw new UnsuitableException("no etcdctl beside " + etcd.path());
  }

  private static Optional<Path> property(String name) {
    String value = System.getProperty(name, "");
    return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
  }
}
