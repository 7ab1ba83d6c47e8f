package org.etcdmirror.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.bytecode.SimulatedClassLoader;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.Script;
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
    // life makes all others alike, whichever seeds were lived before.
    Outcome unused = live(0);
  }

  /**
   * How a life ended.
   *
   * @param seed its seed
   * @param failure what was wrong; empty if nothing was
   * @param check where that was found: the same for all failures of one kind; empty if nothing was
   *     wrong
   * @param script the steps of the life, in their order
   * @param trace the newest lines of what happened
   * @param hash of the order of all that happened
   * @param turns how many times a thread took its turn
   * @param seconds how long it lasted in simulated time
   */
  public record Outcome(
      long seed,
      String failure,
      String check,
      List<Script.Step> script,
      List<String> trace,
      long hash,
      long turns,
      double seconds) {

    /** Whether nothing was wrong. */
    public boolean isGood() {
      return failure.isEmpty();
    }
  }

  /** Lives one life. */
  public Outcome live(long seed) {
    return live(Script.whole(seed), 0);
  }

  /**
   * Lives one life by its script.
   *
   * @param order the threads of a life may run in many orders; this is the number of one
   */
  Outcome live(Script script, int order) {
    Random random = new Random(script.seed());
    double preemption = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1;
    Scheduler scheduler = new Scheduler(random.nextLong() + order, preemption);
    String failure = "";
    String check = "";
    try {
      scheduler.run(() -> begin(script));
    } catch (SimulationException e) {
      failure = text(e);
      check = place(e);
    }
    return new Outcome(
        script.seed(),
        failure,
        check,
        script.taken(),
        scheduler.trace(),
        scheduler.traceHash(),
        scheduler.steps(),
        scheduler.now() / 1e9);
  }

  private static String text(SimulationException e) {
    String message = String.valueOf(e.getMessage());
    Throwable cause = e.getCause();
    if (cause == null) {
      return message;
    }
    StringWriter stack = new StringWriter();
    cause.printStackTrace(new PrintWriter(stack));
    return message + "\n" + stack;
  }

  /** The method of this project that threw the first exception. */
  private static String place(Throwable e) {
    Throwable first = e;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String method =
        Arrays.stream(first.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("org.etcdmirror."))
            .findFirst()
            .map(frame -> frame.getClassName() + "." + frame.getMethodName())
            .orElse("");
    return first.getClass().getName() + " in " + method;
  }

  private void begin(Script script) {
    try {
      Object begun = loader.loadClass(life).getConstructor(Script.class).newInstance(script);
      ((Runnable) begun).run();
    } catch (InvocationTargetException e) {
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
    long turns = 0;
    double seconds = 0;
    for (long seed = first; seed < first + lives; seed++) {
      Outcome outcome = simulation.live(seed);
      turns += outcome.turns();
      seconds += outcome.seconds();
      if (Boolean.getBoolean("simulation.hashes")) {
        System.out.printf("seed %d hash %x turns %d%n", seed, outcome.hash(), outcome.turns());
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
        "%d lives, %d failed, %d turns, %.0f simulated seconds, %.1f s%n",
        lives, bad, turns, seconds, (System.nanoTime() - began) / 1e9);
    if (bad > 0) {
      System.exit(1);
    }
  }
}
