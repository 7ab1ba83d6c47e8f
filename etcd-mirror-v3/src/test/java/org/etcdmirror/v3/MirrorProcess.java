package org.etcdmirror.v3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;

/** A mirror in a process of its own and a small heap, to be killed. */
public final class MirrorProcess implements AutoCloseable {

  private final Process process;

  private MirrorProcess(Process process) {
    this.process = process;
  }

  static MirrorProcess start(Collection<URI> source, Collection<URI> sink, Path log)
      throws IOException {
    return start(source, sink, log, 64);
  }

  /** With a heap of so many MiB. */
  static MirrorProcess start(Collection<URI> source, Collection<URI> sink, Path log, int heap)
      throws IOException {
    return new MirrorProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MirrorProcess.class.getName(),
                text(source),
                text(sink))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
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

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
