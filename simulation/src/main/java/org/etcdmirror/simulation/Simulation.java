package org.etcdmirror.simulation;

import java.util.List;
import java.util.Random;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.bytecode.SimulatedClassLoader;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/** Lives of mirrors in simulated time, each from one seed. */
public final class Simulation {

  private final ClassLoader loader;
  private final String life;

  /**
   * Creates a simulation.
   *
   * @param life the simple name of a class of the package {@code life}
   * @param guards what is taken out of the mirror
   */
  public Simulation(String life, Guards guards) {
    this.life = "org.etcdmirror.simulation.life." + life;
    this.loader = new SimulatedClassLoader(Simulation.class.getClassLoader(), guards);
    // A class that is initialized looks at the clock, or draws, once in a loader's life. A first
    // life
    // makes all others alike, whichever seeds were lived before.
    Outcome unused = live(0);
  }

  /**
   * How a life ended.
   *
   * @param seed its seed
   * @param failure what was wrong; empty if nothing was
   * @param trace the newest lines of what happened
   * @param hash of the order of all that happened
   * @param steps how many times a thread took its turn
   * @param seconds how long it lasted in simulated time
   */
  public record Outcome(
      long seed, String failure, List<String> trace, long hash, long steps, double seconds) {

    /** Whether nothing was wrong. */
    public boolean isGood() {
      return failure.isEmpty();
    }
  }

  /** Lives one life. */
  public Outcome live(long seed) {
    Random random = new Random(seed);
    double preemption = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
    Scheduler scheduler = new Scheduler(random.nextLong(), preemption);
    String failure = "";
    try {
      scheduler.run(this::begin);
    } catch (SimulationException e) {
      failure = String.valueOf(e.getMessage());
      Throwable cause = e.getCause();
      if (cause != null) {
        java.io.StringWriter text = new java.io.StringWriter();
        cause.printStackTrace(new java.io.PrintWriter(text));
        failure += "\n" + text;
      }
    }
    return new Outcome(
        seed,
        failure,
        scheduler.trace(),
        scheduler.traceHash(),
        scheduler.steps(),
        scheduler.now() / 1e9);
  }

  private void begin() {
    try {
      ((Runnable) loader.loadClass(life).getConstructor().newInstance()).run();
    } catch (java.lang.reflect.InvocationTargetException e) {
      throw new SimulationException("life did not begin: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new SimulationException("no such life: " + life, e);
    }
  }

  /** Lives as many lives as told: {@code LIFE LIVES [SEED]}. */
  public static void main(String[] arguments) {
    Simulation simulation = new Simulation(arguments[0], Guards.ALL_STAND);
    int lives = Integer.parseInt(arguments[1]);
    long first = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
    long began = System.nanoTime();
    int bad = 0;
    long steps = 0;
    double seconds = 0;
    for (long seed = first; seed < first + lives; seed++) {
      Outcome outcome = simulation.live(seed);
      steps += outcome.steps();
      seconds += outcome.seconds();
      if (Boolean.getBoolean("simulation.hashes")) {
        System.out.printf("seed %d hash %x steps %d%n", seed, outcome.hash(), outcome.steps());
      }
      if (!outcome.isGood()) {
        bad++;
        System.out.printf("seed %d: %s%n", seed, outcome.failure());
        if (lives == 1 || bad == 1) {
          outcome.trace().forEach(System.out::println);
        }
      }
    }
    System.out.printf(
        "%d lives, %d failed, %d steps, %.0f simulated seconds, %.1f s%n",
        lives, bad, steps, seconds, (System.nanoTime() - began) / 1e9);
    if (bad > 0) {
      System.exit(1);
    }
  }
}
