package org.etcdmirror.service.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.core.MirrorState;

/** The links that run now, in the order of their names. Safe for use by many threads. */
final class RunningLinks implements AutoCloseable {

  /** Replaced as a whole, so that a reader needs no lock. */
  private volatile Map<String, RunningLink> byName = Map.of();

  private volatile boolean closed;

  List<RunningLink> all() {
    return List.copyOf(byName.values());
  }

  /** Starts a link, which may fail at once; closes it instead if all were closed. */
  synchronized void start(RunningLink link) {
    if (closed) {
      link.mirror().close();
      return;
    }
    Map<String, RunningLink> next = new TreeMap<>(byName);
    next.put(link.name(), link);
    byName = next;
    try {
      link.mirror().start();
    } catch (Error e) {
      // As an error of its work: the mirror has failed and logged it, and the others go on. A JVM
      // without heap is ended by the launcher's -XX:+ExitOnOutOfMemoryError.
      if (!link.hasFailed()) {
        throw e;
      }
    }
  }

  /** Forgets links that were closed. */
  synchronized void remove(Collection<RunningLink> links) {
    Map<String, RunningLink> next = new TreeMap<>(byName);
    next.values().removeAll(links);
    byName = next;
  }

  boolean isClosed() {
    return closed;
  }

  /** Closes all, and those that would be started later. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    close(all());
  }

  /** Closes links at the same time, because each may take some seconds to store its index. */
  static void close(Collection<RunningLink> links) {
    List<Thread> threads = new ArrayList<>();
    for (RunningLink link : links) {
      Thread thread = new Thread(link.mirror()::close, "close-" + link.name());
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns how many links are level, and which are not, in one line. */
  String describe() {
    List<RunningLink> links = all();
    List<String> rest = new ArrayList<>();
    for (RunningLink link : links) {
      MirrorState state = link.mirror().status().state();
      if (state != MirrorState.FOLLOWING && state != MirrorState.STANDBY) {
        rest.add(link.name() + " " + state);
      }
    }
    String level = "%d of %d links follow".formatted(links.size() - rest.size(), links.size());
    return rest.isEmpty() ? level : level + "; not yet: " + String.join(", ", rest);
  }
}
