package org.etcdmirror.service.attack;

import java.util.Locale;

/**
 * One attack on a running service.
 *
 * @param name as the command line of {@code scripts/attack.sh} takes it
 * @param kind the kind of link that is attacked
 * @param what what the attacker does
 * @param brings whether it brings data to copy, so that the service spends processor time on work
 * @param mayEnd whether the service may end for good with a cause: the attacker wrote data only a
 *     person can judge
 * @param hidesPages whether the attacker keeps others from the pages while it goes on
 * @param beginning begins it; closing the result ends it and heals everything
 */
record Attack(
    String name,
    Kind kind,
    String what,
    boolean brings,
    boolean mayEnd,
    boolean hidesPages,
    Beginning beginning) {

  /** Starts an attack. */
  @FunctionalInterface
  interface Beginning {
    AutoCloseable on(Stage stage) throws Exception;
  }

  static Attack of(Kind kind, String name, String what, Beginning beginning) {
    return new Attack(
        kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + name,
        kind,
        what,
        false,
        false,
        false,
        beginning);
  }

  /** The same, of an attack that brings data. */
  Attack thatBrings() {
    return new Attack(name, kind, what, true, mayEnd, hidesPages, beginning);
  }

  /** The same, of an attack that may end the service. */
  Attack thatMayEndIt() {
    return new Attack(name, kind, what, brings, true, hidesPages, beginning);
  }

  /** The same, of an attack on the pages. */
  Attack thatHidesPages() {
    return new Attack(name, kind, what, brings, mayEnd, true, beginning);
  }

  @Override
  public String toString() {
    return name;
  }
}
