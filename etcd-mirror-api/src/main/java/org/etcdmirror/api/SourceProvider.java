package org.etcdmirror.api;

/**
 * Makes sources for one address scheme. Found by {@link java.util.ServiceLoader}, so that a jar on
 * the class path is enough to add a scheme.
 */
public interface SourceProvider {

  /** The scheme, for example {@code v2}. */
  String scheme();

  /**
   * A source, ready for use; nothing is connected yet.
   *
   * @throws IllegalArgumentException if the settings cannot be; the message is one line for a
   *     person
   */
  EventSource createSource(SourceSettings settings);

  /**
   * Whether the sources are recordings of what was: they can be read at an earlier index ({@link
   * SourceSettings#at}), and nothing happens in them, so that a mirror cannot follow them. False by
   * default.
   */
  default boolean isRecording() {
    return false;
  }
}
