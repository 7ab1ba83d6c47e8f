package org.etcdmirror.benchmarks.links;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.Usage;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.v3.V3Connections;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/**
 * The links of one process. Prints what they cost while nothing happens, and while a neighbour of
 * theirs writes. Arguments: source, sink, the number of links, seconds of each measurement, writes
 * of the neighbour in a second, the revision of the source.
 */
public final class LinksProcess {

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final URI source;
  private final URI sink;
  private final int seconds;
  private final List<EtcdMirror> mirrors = new ArrayList<>();

  private LinksProcess(URI source, URI sink, int seconds) {
    this.source = source;
    this.sink = sink;
    this.seconds = seconds;
  }

  /** Prints each figure when it is there. */
  public static void main(String[] arguments) throws Exception {
    LinksProcess links =
        new LinksProcess(
            URI.create(arguments[0]), URI.create(arguments[1]), Integer.parseInt(arguments[3]));
    links.start(Integer.parseInt(arguments[2]), Long.parseLong(arguments[5]));
    links.measure("idle");
    System.out.printf("heap %.0f MiB%n", ProcessLook.heapMebibytes());
    ProcessLook.threads().forEach((name, count) -> System.out.printf("  %5d %s%n", count, name));
    List<String> neighbour =
        JavaPrograms.command(ForeignWrites.class, List.of(arguments[0], arguments[4]));
    try (Program unused = Program.start(neighbour)) {
      links.measure("busy neighbour");
    }
    System.out.flush();
    // The end of the links is not measured.
    Runtime.getRuntime().halt(0);
  }

  private void start(int count, long revision) throws InterruptedException {
    long began = System.nanoTime();
    for (int number = 0; number < count; number++) {
      EtcdMirror mirror =
          EtcdMirror.builder()
              .link("l" + number)
              .source(
                  V3Source.builder()
                      .endpoints(source.toString())
                      .connections(V3Connections.ofProcess())
                      .build())
              .sink(
                  V3Sink.builder()
                      .endpoints(sink.toString())
                      .connections(V3Connections.ofProcess())
                      .build())
              .scope(MirrorScope.of(ManyLinks.prefix(number)))
              .build();
      mirror.start();
      mirrors.add(mirror);
    }
    for (EtcdMirror mirror : mirrors) {
      if (!mirror.await(revision, PATIENCE)) {
        throw new IllegalStateException(mirror.link() + " is not level: " + mirror.status());
      }
    }
    System.out.printf("%d links level after %.1f s%n", count, (System.nanoTime() - began) / 1e9);
  }

  private void measure(String what) throws Exception {
    // What began before is to end.
    TimeUnit.SECONDS.sleep(seconds / 3);
    ServerRequests read = ServerRequests.of(source);
    ServerRequests written = ServerRequests.of(sink);
    long pid = ProcessHandle.current().pid();
    Map<String, Double> ofThreads = ProcessLook.cpuMillis();
    long cpu = Usage.cpuMillis(pid);
    long began = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    double passed = (System.nanoTime() - began) / 1e9;
    double spent = (Usage.cpuMillis(pid) - cpu) / 10.0 / passed;
    Map<String, Double> now = ProcessLook.cpuMillis();
    System.out.printf(
        "%s: %.1f%% of a core, resident %.0f MiB (peak %.0f), %d sockets%n",
        what,
        spent,
        ProcessLook.residentMebibytes(),
        Usage.peakMebibytes(pid),
        ProcessLook.sockets());
    now.forEach((kind, millis) -> {
      double share = (millis - ofThreads.getOrDefault(kind, 0.0)) / 10.0 / passed;
      if (share >= 0.05) {
        System.out.printf("  %.1f%% %s%n", share, kind);
      }
    });
    System.out.println("  source: " + ServerRequests.of(source).since(read, passed));
    System.out.println("  sink: " + ServerRequests.of(sink).since(written, passed));
  }
}
