package org.etcdmirror.api;

import java.util.List;

/**
 * What part of a keyspace is asked for.
 *
 * @param prefixes prefixes that do not overlap, at least one, to be understood by the {@link
 *     KeyModel} of the one asked; or keys, if {@code exact}
 * @param expiries whether {@link MirrorEvent.Entry#expiresAt()} must be kept true, also where it is
 *     prolonged without an event; if not, a source need not care for it, but what goes by itself
 *     should bear one all the same, {@link Expiry#UNTOLD} if nothing is known
 * @param exact whether only these keys themselves are asked for, in any order, and not what is
 *     below them. Who cannot read single keys may tell of more than that; asked of snapshots only
 */
public record Selection(List<Bytes> prefixes, boolean expiries, boolean exact) {

  /** Copies the list; refuses an empty one. */
  public Selection {
    prefixes = List.copyOf(prefixes);
    if (prefixes.isEmpty()) {
      throw new IllegalArgumentException("selection has no prefix");
    }
  }

  /** The selection of what these prefixes cover. */
  public Selection(List<Bytes> prefixes, boolean expiries) {
    this(prefixes, expiries, false);
  }

  /** The selection of these prefixes, without care for expiries. */
  public static Selection of(Bytes... prefixes) {
    return new Selection(List.of(prefixes), false);
  }

  /** The selection of these keys alone. */
  public static Selection ofKeys(List<Bytes> keys, boolean expiries) {
    return new Selection(keys, expiries, true);
  }
}
