package org.etcdmirror.kafka.internal.state;

/**
 * Which writer stored the checkpoint, and as which one since the topic was made. Each takeover and
 * each save moves it; a batch alone does not.
 *
 * @param number larger than that of each earlier version
 * @param writer tells the sinks of all processes from each other
 */
public record Version(long number, String writer) {

  /** Before anything was stored. */
  public static final Version NONE = new Version(0, "");

  /** The next one, by this writer. */
  public Version next(String by) {
    return new Version(number + 1, by);
  }
}
