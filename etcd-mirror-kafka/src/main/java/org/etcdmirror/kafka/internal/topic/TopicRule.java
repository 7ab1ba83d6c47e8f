package org.etcdmirror.kafka.internal.topic;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.etcdmirror.api.Bytes;

/**
 * Which topic a key belongs to: that of the longest prefix that the key begins with.
 *
 * @param topic for keys of no prefix
 * @param byPrefix the others, the longest prefix first
 */
public record TopicRule(String topic, List<ByPrefix> byPrefix) {

  /**
   * The topic of some keys.
   *
   * @param prefix what the keys begin with
   * @param topic where they go
   */
  public record ByPrefix(Bytes prefix, String topic) {}

  /** Sorts; refuses a prefix that is given twice. */
  public TopicRule {
    byPrefix =
        byPrefix.stream()
            .sorted(Comparator.comparingInt((ByPrefix one) -> one.prefix.size()).reversed())
            .toList();
    Set<Bytes> seen = new HashSet<>();
    for (ByPrefix one : byPrefix) {
      if (!seen.add(one.prefix)) {
        throw new IllegalArgumentException(
            "prefix '%s' has two topics: give one".formatted(one.prefix));
      }
    }
  }

  /** The topic of the key. */
  public String of(Bytes key) {
    for (ByPrefix one : byPrefix) {
      if (key.startsWith(one.prefix)) {
        return one.topic;
      }
    }
    return topic;
  }

  /** All topics, by name. */
  public SortedSet<String> topics() {
    SortedSet<String> all = new TreeSet<>();
    all.add(topic);
    byPrefix.forEach(one -> all.add(one.topic));
    return all;
  }
}
