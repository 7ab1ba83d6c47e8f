package org.etcdmirror.embedding;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;

/** Keeps {@code /conftool} of one etcd v2 cluster equal to that of another. */
public final class TwoClusters {

  private TwoClusters() {}

  /**
   * A mirror that remembers in the target how far it is, so that the next one goes on from there.
   */
  static EtcdMirror conftool(List<String> from, List<String> to) {
    return EtcdMirror.builder()
        .source(V2Source.builder().endpoints(from).build())
        .sink(V2Sink.builder().endpoints(to).prefixes(List.of(Bytes.utf8("/conftool"))).build())
        .indexStore(V2IndexStore.open(to, "/conftool"))
        .scope(MirrorScope.of("/conftool"))
        .build();
  }

  /** Mirrors from the first address to the second until the process is ended. */
  public static void main(String[] args) {
    try (EtcdMirror mirror = conftool(List.of(args[0]), List.of(args[1]))) {
      Runtime.getRuntime().addShutdownHook(new Thread(mirror::close));
      mirror.run();
    }
  }
}
