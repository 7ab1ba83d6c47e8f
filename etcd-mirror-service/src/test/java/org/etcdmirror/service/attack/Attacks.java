package org.etcdmirror.service.attack;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All attacks, or those selected by name. */
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

  /** Attacks whose names begin with one of the comma-separated prefixes; all if there is none. */
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
