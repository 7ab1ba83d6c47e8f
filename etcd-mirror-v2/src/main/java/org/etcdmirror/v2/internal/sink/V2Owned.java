package org.etcdmirror.v2.internal.sink;

import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.v2.internal.protocol.V2Paths;

/**
 * Decides which keys of the sink belong to the mirror: none until the sink is opened. Safe for use
 * by many threads.
 */
public final class V2Owned {

  private record Prefixes(List<String> present, List<String> former) {}

  private static final Prefixes NONE = new Prefixes(List.of(), List.of());

  private volatile Prefixes owned = NONE;

  public V2Owned() {}

  /**
   * Takes the prefixes of a mirror.
   *
   * @throws IllegalStateException if it has those of one already
   * @throws PermanentException if v2 cannot hold one of them
   */
  public synchronized void open(SinkContext context) {
    context.prefixes().forEach(OwnKeySet.DEFAULT::refuse);
    Prefixes next = new Prefixes(paths(context.prefixes()), paths(context.formerPrefixes()));
    if (isOpen()) {
      throw new IllegalStateException(
          "link '%s': the sink is open already; make a sink for each mirror"
              .formatted(context.link()));
    }
    owned = next;
  }

  private static List<String> paths(List<Bytes> prefixes) {
    return prefixes.stream().map(V2Owned::withoutSlash).map(V2Paths::path).toList();
  }

  /** As a scope takes its prefixes. */
  private static Bytes withoutSlash(Bytes prefix) {
    int size = prefix.size();
    while (size > 1 && prefix.at(size - 1) == (byte) '/') {
      size--;
    }
    return size == prefix.size() ? prefix : Bytes.of(Arrays.copyOf(prefix.toByteArray(), size));
  }

  /**
   * Refuses to write before the mirror has said what is its own.
   *
   * @throws IllegalStateException if it has not
   */
  public void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException("a v2 sink must be opened before events are applied");
    }
  }

  private boolean isOpen() {
    return !prefixes().isEmpty();
  }

  /** The prefixes that the mirror writes to; none before the sink is open. */
  public List<String> prefixes() {
    return owned.present();
  }

  /** The same, and everything before the sink is open. */
  public List<String> shown() {
    return isOpen() ? prefixes() : List.of(V2Paths.ROOT);
  }

  /** Where the mirror's user may read. */
  public String readable() {
    return shown().get(0);
  }

  boolean mayWrite(String path) {
    return covers(prefixes(), path);
  }

  boolean mayDelete(String path) {
    return mayWrite(path) || covers(owned.former(), path);
  }

  /** Whether all that the mirror writes to lies within these prefixes. */
  public boolean areWithin(List<Bytes> others) {
    return isOpen()
        && prefixes().stream()
            .allMatch(
                own -> others.stream().anyMatch(prefix -> V2Paths.covers(prefix.utf8(), own)));
  }

  /** Whether a directory may go when it is empty; the prefixes themselves stay. */
  boolean isInside(String path) {
    return mayDelete(path) && !prefixes().contains(path) && !owned.former().contains(path);
  }

  private static boolean covers(List<String> prefixes, String path) {
    return prefixes.stream().anyMatch(prefix -> V2Paths.covers(prefix, path));
  }

  /** The prefixes that the mirror writes to, for messages. */
  @Override
  public String toString() {
    return prefixes().toString();
  }
}
