package org.etcdmirror.v3.internal.inspect;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.api.internal.ShellWord;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.Permission;

/** The permissions of a user's roles. */
final class UserGrants implements Grants {

  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  private final String user;
  private final SortedMap<String, List<Permission>> roles;

  /**
   * The grants of a user.
   *
   * @param roles the permissions by the name of the role
   */
  UserGrants(String user, Map<String, List<Permission>> roles) {
    this.user = user;
    this.roles = new TreeMap<>(roles);
  }

  @Override
  public boolean allow(KeyRange range, Right right) {
    for (Right half : right.halves()) {
      List<KeyRange> granted =
          roles.values().stream()
              .flatMap(List::stream)
              .filter(half::isIn)
              .map(UserGrants::range)
              .toList();
      if (!cover(granted, spelledOut(range))) {
        return false;
      }
    }
    return true;
  }

  private static KeyRange range(Permission permission) {
    return spelledOut(new KeyRange(permission.getKey(), permission.getRangeEnd()));
  }

  private static KeyRange spelledOut(KeyRange range) {
    return range.end().isEmpty() ? new KeyRange(range.from(), KeyRange.after(range.from())) : range;
  }

  /** Several permissions may cover a range together, as etcd itself joins them. */
  private static boolean cover(List<KeyRange> granted, KeyRange wanted) {
    ByteString reached = wanted.from();
    while (true) {
      ByteString from = reached;
      ByteString end =
          granted.stream()
              .filter(range -> range.contains(from))
              .map(KeyRange::end)
              .max(UserGrants::byEnd)
              .orElse(from);
      if (end.equals(KeyRange.TO_THE_END)) {
        return true;
      }
      if (end.equals(from)) {
        return false;
      }
      if (!wanted.end().equals(KeyRange.TO_THE_END) && ORDER.compare(end, wanted.end()) >= 0) {
        return true;
      }
      reached = end;
    }
  }

  private static int byEnd(ByteString one, ByteString other) {
    boolean endless = one.equals(KeyRange.TO_THE_END);
    return endless || other.equals(KeyRange.TO_THE_END)
        ? Boolean.compare(endless, other.equals(KeyRange.TO_THE_END))
        : ORDER.compare(one, other);
  }

  @Override
  public MissingRight missing(KeyRange range, Right right) {
    return new MissingRight(
        "user '%s' lacks %s on %s".formatted(user, right, range.describe()),
        roles.isEmpty() ? newRole(range, right) : grant(roles.firstKey(), range, right));
  }

  private String newRole(KeyRange range, Right right) {
    String name = ShellWord.of(user);
    return "etcdctl role add %1$s; etcdctl user grant-role %1$s %1$s; %2$s"
        .formatted(name, grant(user, range, right));
  }

  /** A grant replaces what the role has on the same range, so it must not take the other half. */
  private String grant(String role, KeyRange range, Right right) {
    boolean hasHalf =
        roles.getOrDefault(role, List.of()).stream()
            .anyMatch(permission -> range(permission).equals(spelledOut(range)));
    return "etcdctl role grant-permission %s %s %s"
        .formatted(ShellWord.of(role), hasHalf ? Right.READWRITE : right, keys(range));
  }

  private static String keys(KeyRange range) {
    if (range.end().equals(KeyRange.TO_THE_END)) {
      return range.from().equals(KeyRange.FIRST_KEY)
          ? "--prefix=true ''"
          : "--from-key=true " + word(range.from());
    }
    if (range.end().isEmpty()) {
      return word(range.from());
    }
    return range.isPrefix()
        ? "--prefix=true " + word(range.from())
        : word(range.from()) + " " + word(range.end());
  }

  private static String word(ByteString key) {
    return ShellWord.of(Wire.bytes(key));
  }
}
