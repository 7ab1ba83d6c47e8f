package org.etcdmirror.pairings;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;

/** A mirror in a process and a small heap of its own, to be killed. */
final class MirrorProcess implements AutoCloseable {

  private final Process process;

  private MirrorProcess(Process process) {
    this.process = process;
  }

  static MirrorProcess start(String kind, URI source, URI sink, Path log) throws IOException {
    return new MirrorProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MirrorProcess.class.getName(),
                kind,
                source.toString(),
                sink.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
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
