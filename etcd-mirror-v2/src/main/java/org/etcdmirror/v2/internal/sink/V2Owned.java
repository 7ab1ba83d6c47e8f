package org.etcdmirror.v2.internal.sink;

import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v2.internal.client.V2Paths;

/** Decides which keys of the sink belong to the mirror. Safe for use by many threads. */
public final class V2Owned {

  private final List<String> prefixes;
  private volatile List<String> former = List.of();

  public V2Owned(List<String> prefixes) {
    this.prefixes = List.copyOf(prefixes);
  }

  /** The prefixes that the mirror writes to. */
  public List<String> prefixes() {
    return prefixes;
  }

  /** From now on these may be deleted in as well. */
  public synchronized void also(List<String> more) {
    former = Stream.concat(former.stream(), more.stream()).distinct().toList();
  }

  /** The other prefixes in which deletes are allowed, each once. */
  List<String> former() {
    return former;
  }

  boolean mayWrite(String path) {
    return covers(prefixes, path);
  }

  boolean mayDelete(String path) {
    return mayWrite(path) || covers(former, path);
  }

  /** Whether all that the mirror writes to lies within these prefixes. */
  public boolean areWithin(List<Bytes> others) {
    return prefixes.stream()
        .allMatch(own -> others.stream().anyMatch(prefix -> V2Paths.covers(prefix.utf8(), own)));
  }

  /** Whether a directory may go when it is empty; the prefixes themselves stay. */
  boolean isInside(String path) {
    return mayDelete(path) && !prefixes.contains(path) && !former.contains(path);
  }

  private static boolean covers(List<String> prefixes, String path) {
    return prefixes.stream().anyMatch(prefix -> V2Paths.covers(prefix, path));
  }

  /** The prefixes that the mirror writes to, for messages. */
  @Override
  public String toString() {
    return prefixes.toString();
  }
}
