package org.etcdmirror.pairings.matrix;

import java.util.List;

/** The threads that run in this JVM. */
final class MirrorThreads {

  private MirrorThreads() {}

  /** The names that begin so. */
  static List<String> named(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}
