package org.etcdmirror.api;

/**
 * Makes sinks, and index stores beside them, for one address scheme. Found by {@link
 * java.util.ServiceLoader}, so that a jar on the class path is enough to add a scheme.
 */
public interface SinkProvider {

  /** The scheme, for example {@code v2}. */
  String scheme();

  /**
   * A sink, ready for use; nothing is connected yet. If it is an {@link AtomicSink} it keeps the
   * link's index, unless the settings name no link.
   *
   * @throws IllegalArgumentException if the settings cannot be; the message is one line for a
   *     person
   */
  EventSink createSink(SinkSettings settings);

  /**
   * The store that keeps a link's index in the sink's own cluster. Not asked of an {@link
   * AtomicSink}'s provider.
   *
   * @throws IllegalArgumentException if this kind of sink cannot keep an index, or not under this
   *     name
   */
  IndexStore createIndexStore(SinkSettings settings);
}
