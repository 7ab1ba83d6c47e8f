package org.etcdmirror.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.List;
import java.util.Random;

/** Which API is read, and which is written. */
enum Pairing {
  V3_TO_V3(true, true),
  V2_TO_V2(false, false),
  V3_TO_V2(true, false),
  V2_TO_V3(false, true);

  private final boolean fromV3;
  private final boolean toV3;

  Pairing(boolean fromV3, boolean toV3) {
    this.fromV3 = fromV3;
    this.toV3 = toV3;
  }

  /** Each in turn. */
  static Pairing of(long seed) {
    return values()[Math.floorMod(seed, values().length)];
  }

  /** Whether each state of the sink is one that the source had. */
  boolean copiesStates() {
    return fromV3 && toV3;
  }

  boolean fromV3() {
    return fromV3;
  }

  boolean toV3() {
    return toV3;
  }

  /** Whether both sides know directories. */
  boolean hasDirectories() {
    return !fromV3 && !toV3;
  }

  /** A prefix that ends in a slash, as the mirror wants it: bytes from v3 to v3, else a path. */
  String prefix(String prefix) {
    return copiesStates() ? prefix : prefix.substring(0, prefix.length() - 1);
  }

  Keyspace source(List<URI> members) {
    return keyspace(fromV3, members);
  }

  Keyspace sink(List<URI> members) {
    return keyspace(toV3, members);
  }

  private Keyspace keyspace(boolean v3, List<URI> members) {
    return v3 ? new V3Gateway(members, copiesStates() ? ISO_8859_1 : UTF_8) : new V2Client(members);
  }

  Writes writes(Keyspace source, Attempts attempts, Random random) {
    return source instanceof V3Gateway v3
        ? new V3Writes(v3, attempts, random, copiesStates())
        : new V2Writes((V2Client) source, attempts, random);
  }
}
