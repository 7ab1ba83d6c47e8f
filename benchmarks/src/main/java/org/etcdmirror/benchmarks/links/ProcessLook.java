package org.etcdmirror.benchmarks.links;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What Linux and the JVM tell about this process. */
final class ProcessLook {

  private static final Path SELF = Path.of("/proc/self");

  private ProcessLook() {}

  /** The memory that is resident, in MiB. */
  static double residentMebibytes() throws IOException {
    String line =
        Files.readAllLines(SELF.resolve("status")).stream()
            .filter(field -> field.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
  }

  /** The heap that is in use after a collection, in MiB. */
  static double heapMebibytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1024.0 / 1024.0;
  }

  /** The number of open sockets. */
  static int sockets() throws IOException {
    int sockets = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(SELF.resolve("fd"))) {
      for (Path file : files) {
        if (isSocket(file)) {
          sockets++;
        }
      }
    }
    return sockets;
  }

  private static boolean isSocket(Path file) throws IOException {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (NoSuchFileException e) {
      // Closed meanwhile, as that of the listing itself.
      return false;
    }
  }

  /** How many threads there are of each name, numbers and links aside. */
  static Map<String, Long> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(thread -> kind(thread.getName()))
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
  }

  /** The processor time of the threads of each name, in milliseconds. */
  static Map<String, Double> cpuMillis() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Map<String, Double> spent = new TreeMap<>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        long nanos = Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
        spent.merge(kind(thread.getThreadName()), nanos / 1e6, Double::sum);
      }
    }
    return spent;
  }

  private static String kind(String name) {
    return name.replaceAll("l?\\d+", "N");
  }
}
