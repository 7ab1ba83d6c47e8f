package org.etcdmirror.api;

import java.util.List;

/**
 * Makes sinks, and index stores beside them, for one address scheme. Found by {@link
 * java.util.ServiceLoader}, so that a jar on the class path is enough to add a scheme.
 */
public interface SinkProvider {

  /** The scheme, for example {@code v2}. */
  String scheme();

  /**
   * A sink, ready for use; nothing is connected yet.
   *
   * @param address where it is
   * @param prefixes the prefixes in the sink that the mirror owns; nothing outside them is touched
   * @throws IllegalArgumentException if the address is not one; the message is one line for a
   *     person
   */
  EventSink createSink(MirrorAddress address, List<Bytes> prefixes);

  /**
   * The store that keeps a link's index in the sink's own cluster.
   *
   * @param address where the sink is
   * @param link the name of the link; for a link with one prefix, that prefix in the sink
   * @throws IllegalArgumentException if this kind of sink cannot keep an index, or not under this
   *     name
   */
  IndexStore createIndexStore(MirrorAddress address, String link);
}
