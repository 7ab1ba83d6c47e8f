package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a mirror tells its sink when it {@linkplain EventSink#open opens} it. A prefix is a path if
 * the source or the sink names its keys by paths, and plain bytes otherwise. Immutable.
 *
 * @param link the name of the link, as in {@link EventSink#indexStore}
 * @param sourceKeyModel how the keys of the applied events are named. A sink of {@link
 *     KeyModel#PATHS} under {@link KeyModel#BYTES} gets no directories. It makes and removes
 *     directories itself, and its snapshot shows none. It refuses a put where one key would be both
 *     a value and a parent of others: the put below a value, and the put of a value that has others
 *     below it
 * @param prefixes the prefixes that the mirror writes to and deletes in; at least one
 * @param formerPrefixes prefixes that the link owned under a former scope, as the stored checkpoint
 *     says. The mirror only reads and deletes there. None of them lies in one of {@code prefixes}
 */
public record SinkContext(
    String link, KeyModel sourceKeyModel, List<Bytes> prefixes, List<Bytes> formerPrefixes) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no prefix
   */
  public SinkContext {
    requireNonNull(link, "link");
    requireNonNull(sourceKeyModel, "sourceKeyModel");
    prefixes = List.copyOf(prefixes);
    formerPrefixes = List.copyOf(formerPrefixes);
    if (prefixes.isEmpty()) {
      throw new IllegalArgumentException("sink context has no prefix");
    }
  }

  /** A context without former prefixes. */
  public SinkContext(String link, KeyModel sourceKeyModel, List<Bytes> prefixes) {
    this(link, sourceKeyModel, prefixes, List.of());
  }
}
