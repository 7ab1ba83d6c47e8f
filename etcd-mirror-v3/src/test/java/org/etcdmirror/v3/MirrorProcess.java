package org.etcdmirror.v3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.fault.JavaProcess;

/** A mirror in a process of its own and a small heap, to be killed. */
public final class MirrorProcess {

  private MirrorProcess() {}

  static JavaProcess start(Collection<URI> source, Collection<URI> sink, Path log) {
    return start(source, sink, log, 64);
  }

  /** With a heap of so many MiB. */
  static JavaProcess start(Collection<URI> source, Collection<URI> sink, Path log, int heap) {
    return JavaProcess.start(
        MirrorProcess.class, List.of("-Xmx" + heap + "m"), log, text(source), text(sink));
  }

  private static String text(Collection<URI> endpoints) {
    return endpoints.stream().map(URI::toString).collect(Collectors.joining(","));
  }

  /** Mirrors until it is killed. */
  public static void main(String[] args) throws Exception {
    try (EtcdMirror mirror =
        EtcdMirror.builder()
            .source(V3Source.builder().endpoints(args[0].split(",")).build())
            .sink(V3Sink.builder().endpoints(args[1].split(",")).build())
            .link("test")
            .scope(MirrorScope.of(V3Mirroring.PREFIX))
            .build()) {
      mirror.run();
    }
  }
}
