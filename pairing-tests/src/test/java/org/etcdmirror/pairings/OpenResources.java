package org.etcdmirror.pairings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds at one moment.
 *
 * @param mirrorThreads the names of the threads of mirrors and their clients
 * @param threads how many threads there are
 * @param sockets how many sockets are open
 * @param files how many files are open
 */
record OpenResources(List<String> mirrorThreads, int threads, long sockets, long files) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  static OpenResources now() throws IOException {
    // Awaitility asks on a thread of its own.
    List<String> threads =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> !name.startsWith("awaitility"))
            .toList();
    List<String> targets = targets();
    return new OpenResources(
        threads.stream().filter(name -> name.startsWith("etcd-mirror")).toList(),
        threads.size(),
        targets.stream().filter(target -> target.startsWith("socket:")).count(),
        targets.stream().filter(target -> target.startsWith("/")).count());
  }

  private static List<String> targets() throws IOException {
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return descriptors.map(OpenResources::target).toList();
    }
  }

  /** Empty if it was closed meanwhile, as the one that lists the directory is. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether nothing of a mirror is left, and nothing else is held that was not held before. */
  boolean isNoMoreThan(OpenResources before) {
    return mirrorThreads.isEmpty()
        && threads <= before.threads
        && sockets <= before.sockets
        && files <= before.files;
  }
}
