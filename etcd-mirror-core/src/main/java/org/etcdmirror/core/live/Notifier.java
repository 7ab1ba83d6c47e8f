package org.etcdmirror.core.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners of each new state, on a thread of its own. While they are busy it only
 * remembers which keys may have changed: at most those of the state that they know and of the
 * newest one.
 */
final class Notifier<V> {

  private static final Logger log = LoggerFactory.getLogger(Notifier.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final List<LiveListener<V>> listeners;
  private volatile @Nullable Thread thread;

  // Guarded by this.
  private LiveView<V> known = LiveView.empty();
  private LiveView<V> newest = known;
  private TreeSet<Bytes> touched = new TreeSet<>();
  private boolean closed;

  Notifier(List<LiveListener<V>> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  void start(String link) {
    if (!listeners.isEmpty()) {
      Thread started = new Thread(() -> work(link), "etcd-mirror-" + link + "-listeners");
      started.setDaemon(true);
      thread = started;
      started.start();
    }
  }

  /** A state is shown, in which these keys may differ from the state before. */
  synchronized void shown(LiveView<V> view, Set<Bytes> changed) {
    if (listeners.isEmpty() || closed) {
      return;
    }
    newest = view;
    for (Bytes key : changed) {
      if (known.get(key).isPresent() || view.get(key).isPresent()) {
        touched.add(key);
      } else {
        touched.remove(key);
      }
    }
    notifyAll();
  }

  private void work(String link) {
    try {
      for (LiveUpdate<V> update = next(); update != null; update = next()) {
        tell(link, update);
      }
    } catch (InterruptedException e) {
      log.warn(
          LogEvent.LISTENERS_STOPPED.marker(),
          "[link={}] thread of the listeners was interrupted; they get no more updates",
          link);
    }
  }

  private @Nullable LiveUpdate<V> next() throws InterruptedException {
    while (true) {
      LiveView<V> before;
      LiveView<V> after;
      Set<Bytes> keys;
      synchronized (this) {
        while (touched.isEmpty() && !closed) {
          wait();
        }
        if (closed) {
          return null;
        }
        before = known;
        after = newest;
        keys = touched;
        known = newest;
        touched = new TreeSet<>();
      }
      List<LiveChange<V>> changes = changes(before, after, keys);
      if (!changes.isEmpty()) {
        return new LiveUpdate<>(before, after, changes);
      }
    }
  }

  private static <V> List<LiveChange<V>> changes(
      LiveView<V> before, LiveView<V> after, Set<Bytes> keys) {
    List<LiveChange<V>> changes = new ArrayList<>();
    for (Bytes key : keys) {
      V old = before.get(key).orElse(null);
      V now = after.get(key).orElse(null);
      if (!Objects.equals(old, now)) {
        changes.add(new LiveChange<>(key, old, now));
      }
    }
    return changes;
  }

  private void tell(String link, LiveUpdate<V> update) {
    for (LiveListener<V> listener : listeners) {
      try {
        listener.onUpdate(update);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        log.warn(
            LogEvent.LISTENER_THREW.marker(),
            "[link={}] listener threw and gets the next update all the same: listener={}",
            link,
            listener.getClass().getName(),
            e);
      }
    }
  }

  /** Begins no more updates. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Waits for the update that is being told, unless a listener calls this. */
  void awaitEnd() {
    Thread started = thread;
    if (started == null || started == Thread.currentThread()) {
      return;
    }
    try {
      started.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
