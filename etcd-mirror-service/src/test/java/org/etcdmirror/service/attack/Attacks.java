package org.etcdmirror.service.attack;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All attacks, or those that were asked for. */
final class Attacks {

  private Attacks() {}

  static List<Attack> all() {
    return Stream.of(
            ServerAttacks.all(),
            V2Attacks.all(),
            V3Attacks.all(),
            DataAttacks.all(),
            PageAttacks.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Those of which the names begin with one of these, separated by commas; all if there are none.
   */
  static List<Attack> named(String names) {
    if (names.isBlank()) {
      return all();
    }
    Set<String> asked = Set.of(names.split(","));
    List<Attack> found =
        all().stream().filter(a -> asked.stream().anyMatch(a.name()::startsWith)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no attack is named "
              + names
              + "; there are: "
              + all().stream().map(Attack::name).collect(Collectors.toCollection(TreeSet::new)));
    }
    return found;
  }
}
