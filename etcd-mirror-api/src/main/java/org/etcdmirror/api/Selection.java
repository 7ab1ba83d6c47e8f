package org.etcdmirror.api;

import java.util.List;

/**
 * What part of a keyspace is asked for.
 *
 * @param prefixes prefixes that do not overlap, at least one, to be understood by the {@link
 *     KeyModel} of the one asked
 * @param expiries whether {@link MirrorEvent.Entry#expiresAt()} must be kept true, also where it is
 *     prolonged without an event; if not, a source need not care for it
 */
public record Selection(List<Bytes> prefixes, boolean expiries) {

  /** Copies the list; refuses an empty one. */
  public Selection {
    prefixes = List.copyOf(prefixes);
    if (prefixes.isEmpty()) {
      throw new IllegalArgumentException("a selection needs at least one prefix");
    }
  }

  /** The selection of these prefixes, without care for expiries. */
  public static Selection of(Bytes... prefixes) {
    return new Selection(List.of(prefixes), false);
  }
}
