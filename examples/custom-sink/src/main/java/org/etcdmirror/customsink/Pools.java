package org.etcdmirror.customsink;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;

/**
 * All pools at one moment, from keys of the form {@code ROOT/DC/CLUSTER/SERVICE/HOST}. It never
 * changes, so all answers of one object are consistent. Safe for use by many threads.
 */
public final class Pools {

  private static final Bytes SLASH = Bytes.utf8("/");
  private static final int NAMES = 4;

  private final Bytes root;
  private final NavigableMap<Bytes, Held> held;
  private final long index;

  private Pools(Bytes root, NavigableMap<Bytes, Held> held, long index) {
    this.root = root;
    this.held = held;
    this.index = index;
  }

  /** No pools yet, of keys below {@code root}. */
  static Pools none(String root) {
    if (root.endsWith("/")) {
      throw new IllegalArgumentException("the root '" + root + "' must not end in a slash");
    }
    return new Pools(Bytes.utf8(root), new TreeMap<>(), 0);
  }

  /** The source index of the last change; 0 if there was none. */
  public long index() {
    return index;
  }

  /** The pool of one service; empty if there is none. */
  public Pool pool(String dc, String cluster, String service) {
    Bytes above = Bytes.utf8(root + "/" + dc + "/" + cluster + "/" + service);
    SortedMap<String, Host> hosts = new TreeMap<>();
    SortedMap<String, String> unreadable = new TreeMap<>();
    below(held, above)
        .forEach((key, entry) -> {
          String name = key.from(above.size() + 1).textOrHex();
          if (entry.host() != null) {
            hosts.put(name, entry.host());
          } else if (entry.problem() != null) {
            unreadable.put(name, entry.problem());
          }
        });
    return new Pool(hosts, unreadable);
  }

  /** Each key below the root that describes no host, with the reason. */
  public SortedMap<String, String> unreadable() {
    SortedMap<String, String> problems = new TreeMap<>();
    held.forEach((key, entry) -> {
      if (entry.problem() != null) {
        problems.put(key.textOrHex(), entry.problem());
      }
    });
    return Collections.unmodifiableSortedMap(problems);
  }

  /**
   * The pools after a batch. Copies all keys, which is cheap for some ten thousand of them, and
   * lets readers keep the old ones meanwhile.
   */
  Pools after(EventBatch batch) {
    NavigableMap<Bytes, Held> next = new TreeMap<>(held);
    for (MirrorEvent event : batch.events()) {
      apply(event, next);
    }
    return new Pools(root, next, Math.max(index, batch.index()));
  }

  /** The same root with these keys, at an index. */
  Pools holding(List<Put> puts, long at) {
    NavigableMap<Bytes, Held> next = new TreeMap<>();
    puts.forEach(put -> next.put(put.key(), read(put)));
    return new Pools(root, next, at);
  }

  private void apply(MirrorEvent event, NavigableMap<Bytes, Held> next) {
    if (event instanceof Put put) {
      next.put(put.key(), read(put));
    } else if (event instanceof Refresh refresh) {
      next.computeIfPresent(
          refresh.key(),
          (key, old) -> old.with(old.put().withExpiry(refresh.expiresAt(), refresh.lease())));
    } else if (event instanceof Delete) {
      next.remove(event.key());
    } else if (event instanceof DeleteTree) {
      next.remove(event.key());
      below(next, event.key()).clear();
    } else {
      // An unknown kind of event must never be skipped.
      throw new IllegalArgumentException("a sink of plain keys cannot take " + event);
    }
  }

  private Held read(Put put) {
    if (!KeyModel.PATHS.covers(root, put.key())) {
      return new Held(put, null, null);
    }
    return names(put.key()).size() == NAMES
        ? Held.ofHost(put)
        : new Held(put, null, "the key does not name DC, CLUSTER, SERVICE and HOST");
  }

  /** The names in a key below the root. */
  List<String> names(Bytes key) {
    List<String> segments = List.of(key.from(root.size()).textOrHex().split("/", -1));
    return segments.subList(1, segments.size());
  }

  /** A view of what is below a key. */
  private static NavigableMap<Bytes, Held> below(NavigableMap<Bytes, Held> all, Bytes key) {
    Bytes parent = key.equals(SLASH) ? Bytes.EMPTY : key;
    // '0' follows '/' in ASCII, so this is everything that begins with the parent and a slash.
    return all.subMap(parent.plus(SLASH), true, parent.plus(Bytes.utf8("0")), false);
  }

  /** Everything, in the order of keys. */
  Iterable<Held> held() {
    return held.values();
  }

  /** The keys of these pools that are in the selection. */
  Snapshot snapshot(Selection selection) {
    List<Put> selected = new ArrayList<>();
    for (Bytes prefix : selection.prefixes()) {
      for (Held entry : held.tailMap(prefix, true).values()) {
        Bytes key = entry.put().key();
        if (selection.exact() ? !key.equals(prefix) : !key.startsWith(prefix)) {
          break;
        }
        selected.add(entry.put());
      }
    }
    return new PoolsSnapshot(index, selected.iterator());
  }
}
