package org.etcdmirror.simulation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.schedule.Script;
import org.etcdmirror.simulation.schedule.Script.Step;
import org.jspecify.annotations.Nullable;

/**
 * Finds few steps of a failing life that still fail by the same check: leaves out half of the
 * steps, then less, at last single ones. What is left out changes when the threads run, so each try
 * may run them in some orders.
 */
public final class Shrinker {

  private static final int ORDERS = 4;

  private final Simulation simulation;
  private final long seed;
  private Outcome shortest;

  /** The order of the threads in which the shortest life fails; tried first. */
  private int order;

  private int lives = 1;

  private Shrinker(Simulation simulation, Outcome failed) {
    this.simulation = simulation;
    this.seed = failed.seed();
    this.shortest = failed;
  }

  /**
   * Shrinks a life.
   *
   * @param failed how it ended
   * @throws IllegalArgumentException if it did not fail
   */
  public static Shrinker shrink(Simulation simulation, Outcome failed) {
    if (failed.isGood()) {
      throw new IllegalArgumentException(
          "life has not failed, so it cannot be shrunk: seed %d".formatted(failed.seed()));
    }
    Shrinker shrinker = new Shrinker(simulation, failed);
    shrinker.run();
    return shrinker;
  }

  /** The shortest life that was found. */
  public Outcome shortest() {
    return shortest;
  }

  /** How many lives were lived. */
  public int lives() {
    return lives;
  }

  private void run() {
    int size = Math.max(1, shortest.script().size() / 2);
    while (true) {
      boolean isShorter = leaveOut(size);
      if (size > 1) {
        size /= 2;
      } else if (!isShorter) {
        return;
      }
    }
  }

  /** Tries to leave out each part of this size, the last one first. */
  private boolean leaveOut(int size) {
    boolean isShorter = false;
    for (int end = shortest.script().size(); end > 0; end -= size) {
      // A try that succeeds may have dropped more than its part.
      List<Step> steps = shortest.script();
      int to = Math.min(end, steps.size());
      int from = Math.max(0, end - size);
      if (from < to) {
        isShorter |= failsWithout(steps, from, to);
      }
    }
    return isShorter;
  }

  private boolean failsWithout(List<Step> steps, int from, int to) {
    Set<Integer> kept =
        steps.stream().map(Step::number).collect(Collectors.toCollection(TreeSet::new));
    steps.subList(from, to).forEach(step -> kept.remove(step.number()));
    for (int i = 0; i < ORDERS; i++) {
      int tried = (order + i) % ORDERS;
      Outcome outcome = simulation.live(Script.of(seed, kept), tried);
      lives++;
      if (outcome.check().equals(shortest.check())) {
        shortest = outcome;
        order = tried;
        return true;
      }
    }
    return false;
  }

  private void print() {
    System.out.println(shortest.failure());
    shortest.trace().forEach(System.out::println);
    System.out.printf("%d steps suffice, found in %d lives:%n", shortest.script().size(), lives);
    shortest.script().forEach(System.out::println);
  }

  /** Shrinks one life: {@code LIFE SEED [GUARD]}, the guard being a text in one of those listed. */
  public static void main(String[] arguments) {
    Simulation simulation = simulation(arguments[0], arguments.length > 2 ? arguments[2] : null);
    Outcome failed = simulation.live(Long.parseLong(arguments[1]));
    if (failed.isGood()) {
      System.out.printf("seed %d does not fail%n", failed.seed());
      System.exit(1);
    }
    System.out.printf(
        "seed %d fails after %d steps: %s%n",
        failed.seed(), failed.script().size(), failed.failure().lines().findFirst().orElse(""));
    shrink(simulation, failed).print();
  }

  private static Simulation simulation(String life, @Nullable String guard) {
    return guard == null
        ? new Simulation(life, Guards.ALL_STAND)
        : KnownGuards.matching(guard).get(0).simulation();
  }
}
