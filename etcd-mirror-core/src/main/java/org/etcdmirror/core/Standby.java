package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Makes a mirror one of several members of its link: {@code Standby.as("host-a")}. One member leads
 * and mirrors. The others stand by, follow the source in memory, and one of them takes over when
 * the leader ends or its term runs out. All members need the same link name, scope and options, and
 * names of their own. Immutable.
 *
 * @param member the name of this member, which all members show
 * @param term how long the lead lasts without being prolonged; after a leader has died, another
 *     member leads within this time and a second
 */
public record Standby(String member, Duration term) {

  private static final Duration DEFAULT_TERM = Duration.ofSeconds(5);

  /** etcd grants no shorter lease with its usual election timeout. */
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int LONGEST_NAME = 200;

  /**
   * Checks the name and the term.
   *
   * @throws IllegalArgumentException if the name is blank, has control characters or more than 200
   *     characters, or if the term is not of 2 to 600 whole seconds
   */
  public Standby {
    if (member.isBlank()
        || member.length() > LONGEST_NAME
        || member.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "member name must be 1 to %d visible characters: '%s'".formatted(LONGEST_NAME, member));
    }
    requireNonNull(term, "term");
    boolean isWhole = term.equals(Duration.ofSeconds(term.toSeconds()));
    if (!isWhole || term.compareTo(SHORTEST) < 0 || term.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "term must be from %d to %d whole seconds, and is %d ms"
              .formatted(SHORTEST.toSeconds(), LONGEST.toSeconds(), term.toMillis()));
    }
  }

  /** A member with a term of 5 seconds. */
  public static Standby as(String member) {
    return new Standby(member, DEFAULT_TERM);
  }

  /** Returns the same member with another term. All members of a link need the same. */
  public Standby term(Duration term) {
    return new Standby(member, term);
  }
}
