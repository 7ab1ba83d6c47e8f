package org.etcdmirror.v2.internal.index;

import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * Names the key of a link's index, and parses it.
 *
 * @param name the last part of the keys
 */
public record V2Link(String name) {

  /** The link with everything in it has no name that a key could have. */
  static final V2Link ROOT = new V2Link("__ROOT__");

  private static final String META = "__meta__";
  private static final String LEADER = "__leader__";
  private static final String NOTICE = "__late__";

  /**
   * The link that a user calls so.
   *
   * @throws IllegalArgumentException if v2 cannot hold the name
   */
  public static V2Link called(String link) {
    if (link.equals(V2Paths.ROOT)) {
      return ROOT;
    }
    String path = link.startsWith("/") ? link : "/" + link;
    try {
      List<String> segments = V2Paths.segments(V2Paths.checked(path));
      String first = segments.isEmpty() ? META : segments.get(0);
      if (!first.equals(ROOT.name)
          && !first.startsWith(META)
          && !first.startsWith(LEADER)
          && !first.startsWith(NOTICE)) {
        return new V2Link(path.substring(1));
      }
    } catch (PermanentException e) {
      throw new IllegalArgumentException(
          "etcd v2 cannot store an index under the link name '%s'; name the link otherwise"
              .formatted(link),
          e);
    }
    throw new IllegalArgumentException(
        "not a valid link name: '%s'; name the link otherwise".formatted(link));
  }

  public String indexKey() {
    return V2Paths.INDEXES + "/" + name;
  }

  public String metaKey() {
    return V2Paths.INDEXES + "/" + META + name;
  }

  /** The key whose value names the member that leads. */
  public String leaderKey() {
    return V2Paths.INDEXES + "/" + LEADER + name;
  }

  /** The key by which a former leader says that writes of its may have come late. */
  public String noticeKey() {
    return V2Paths.INDEXES + "/" + NOTICE + name;
  }

  /**
   * The checkpoint of a stored number. The age of a number alone is unknown.
   *
   * @throws PermanentException if it is no number; the key is named
   */
  public Checkpoint checkpoint(String number, @Nullable V2Meta described) {
    try {
      long index = Long.parseLong(number.strip());
      return described == null
          ? new Checkpoint(index, null, null, Instant.EPOCH)
          : described.checkpoint(index);
    } catch (IllegalArgumentException e) {
      throw new PermanentException(
          "%s does not hold an index: '%s'; correct it by hand, or delete it to copy again"
              .formatted(indexKey(), V2Json.abbreviate(number)),
          e);
    }
  }
}
