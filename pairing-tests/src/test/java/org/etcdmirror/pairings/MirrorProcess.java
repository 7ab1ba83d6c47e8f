package org.etcdmirror.pairings;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.fault.JavaProcess;

/** A mirror in a process and a small heap of its own, to be killed. */
final class MirrorProcess {

  private MirrorProcess() {}

  static JavaProcess start(String kind, URI source, URI sink, Path log) {
    return JavaProcess.start(
        MirrorProcess.class, List.of("-Xmx64m"), log, kind, source.toString(), sink.toString());
  }

  /** Mirrors until it is killed. */
  public static void main(String[] args) {
    Keyspace source = Keyspace.at(args[0], URI.create(args[1]));
    Keyspace sink = Keyspace.at(args[0], URI.create(args[2]));
    try (EtcdMirror mirror =
        new Link(source, sink).mirror(b -> b.deleteLimit(DeleteLimit.percent(100)))) {
      mirror.run();
    }
  }
}
