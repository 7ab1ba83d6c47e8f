package org.etcdmirror.embedding;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;

/** Keeps {@code /conftool} of one etcd v2 cluster equal to that of another. */
public final class TwoClusters {

  private TwoClusters() {}

  /**
   * A mirror that stores its index in the target, so that the next one goes on from there. Keys
   * below {@code /conftool} in the target that the source does not have are deleted.
   */
  static EtcdMirror conftool(String from, String to) {
    return EtcdMirror.builder()
        .source(V2Source.of(from))
        .sink(V2Sink.of(to))
        .scope(MirrorScope.of("/conftool"))
        .build();
  }

  /** Mirrors from the first address to the second until the process is ended. */
  public static void main(String[] args) {
    try (EtcdMirror mirror = conftool(args[0], args[1])) {
      Runtime.getRuntime().addShutdownHook(new Thread(mirror::close));
      mirror.run();
    }
  }
}
