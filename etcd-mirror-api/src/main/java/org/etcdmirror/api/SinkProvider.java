package org.etcdmirror.api;

/**
 * Makes sinks for one address scheme. Found by {@link java.util.ServiceLoader}, so that a jar on
 * the class path is enough to add a scheme.
 */
public interface SinkProvider {

  /** The scheme, for example {@code v2}. */
  String scheme();

  /**
   * A sink that no mirror has opened yet; nothing is connected yet.
   *
   * @throws IllegalArgumentException if the settings cannot be; the message is one line for a
   *     person
   */
  EventSink createSink(SinkSettings settings);
}
