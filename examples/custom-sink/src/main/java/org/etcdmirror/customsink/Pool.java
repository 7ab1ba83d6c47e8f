package org.etcdmirror.customsink;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The hosts of one service, by name.
 *
 * @param hosts the hosts whose value can be read
 * @param unreadable those whose value cannot be read, with the reason: whether they are pooled is
 *     for the caller to decide, as a view could only guess
 */
public record Pool(SortedMap<String, Host> hosts, SortedMap<String, String> unreadable) {

  /** Copies both. */
  public Pool {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
  }

  /** The weights of the hosts that receive traffic. */
  public SortedMap<String, Integer> weights() {
    SortedMap<String, Integer> weights = new TreeMap<>();
    hosts.forEach((name, host) -> {
      if (host.pooled() == Host.Pooled.YES) {
        weights.put(name, host.weight());
      }
    });
    return weights;
  }
}
