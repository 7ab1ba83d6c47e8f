package org.etcdmirror.simulation.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens in one life, step by step. Each step draws from random numbers of its own. So a life
 * from which some steps are left out still does the same in the others.
 */
public final class Script {

  /**
   * A step that was taken.
   *
   * @param number its number in the life, from 1
   * @param at the simulated time in nanoseconds
   * @param what its kind
   */
  public record Step(int number, long at, String what) {

    @Override
    public String toString() {
      return "step %3d  %12.6f  %s".formatted(number, at / 1e9, what);
    }
  }

  private final long seed;
  private final @Nullable Set<Integer> kept;
  private final Random random = new Random();
  private final List<Step> taken = new ArrayList<>();
  private int number;

  private Script(long seed, @Nullable Set<Integer> kept) {
    this.seed = seed;
    this.kept = kept;
    draw();
  }

  /** All steps of a life. */
  public static Script whole(long seed) {
    return new Script(seed, null);
  }

  /** Only the steps of these numbers. */
  public static Script of(long seed, Set<Integer> kept) {
    return new Script(seed, Set.copyOf(kept));
  }

  public long seed() {
    return seed;
  }

  /** The numbers of the present step. It stays the same object throughout the life. */
  public Random random() {
    return random;
  }

  /** Begins the next step. Draws its kind, and lets it happen unless it is left out. */
  public <T> void step(Supplier<T> kind, Consumer<T> happen) {
    number++;
    draw();
    T what = kind.get();
    if (kept == null || kept.contains(number)) {
      taken.add(new Step(number, Scheduler.current().now(), what.toString()));
      happen.accept(what);
    }
  }

  /** Begins the next step, whose kind is known. */
  public void step(String kind, Runnable happen) {
    step(() -> kind, unused -> happen.run());
  }

  /** The steps that were taken so far. */
  public List<Step> taken() {
    return List.copyOf(taken);
  }

  /** Seeds that are close to each other would give first numbers that are close to each other. */
  private void draw() {
    long mixed = (seed * 31 + number + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    random.setSeed(mixed ^ (mixed >>> 31));
  }
}
