package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs many short-lived mirrors under {@linkplain FaultKind faults}. The result of a seed depends
 * on the threads as well: a seed that failed may need several tries.
 *
 * <p>{@code -Dconvergence.kinds=ALL}, or names of faults with commas, runs these instead of all
 * that the engine survives; {@code -Dconvergence.seed=N} runs one seed only.
 */
@Timeout(120)
class MirrorConvergenceTest {

  private static final int RUNS_OF_A_KIND = 30;
  private static final int RUNS_OF_SOME = 150;
  private static final int STEPS = 50;
  private static final int LONG_RUNS = 4;
  private static final int LONG_STEPS = 400;
  private static final int AT_A_TIME = 6;

  static Set<FaultKind> tried() {
    String kinds = System.getProperty("convergence.kinds", "");
    if (kinds.equals("ALL")) {
      return EnumSet.allOf(FaultKind.class);
    }
    Set<FaultKind> tried = EnumSet.noneOf(FaultKind.class);
    for (String kind : kinds.split(",")) {
      if (!kind.isEmpty()) {
        tried.add(FaultKind.valueOf(kind));
      }
    }
    return tried.isEmpty() ? FaultKind.ON : tried;
  }

  @ParameterizedTest
  @MethodSource("tried")
  void mirrorConvergesDespiteOneKindOfFault(FaultKind kind) throws Exception {
    run(
        RUNS_OF_A_KIND,
        STEPS,
        random -> EnumSet.of(kind, FaultKind.CRASHES, FaultKind.LOST_HISTORY));
  }

  @Test
  void mirrorConvergesDespiteCombinedFaults() throws Exception {
    run(RUNS_OF_SOME, STEPS, random -> FaultKind.some(random, tried()));
  }

  @Test
  void mirrorConvergesInLongRuns() throws Exception {
    run(LONG_RUNS, LONG_STEPS, random -> FaultKind.some(random, tried()));
  }

  private static void run(int runs, int steps, Function<Random, Set<FaultKind>> faultKinds)
      throws Exception {
    Long only = Long.getLong("convergence.seed");
    long base = new Random().nextLong();
    System.out.println("MirrorConvergenceTest: seeds from " + base);
    Random seeds = new Random(base);
    AtomicBoolean failed = new AtomicBoolean();
    List<Callable<String>> all = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      long seed = only == null ? seeds.nextLong() : only;
      Set<FaultKind> some = faultKinds.apply(new Random(seed));
      all.add(() -> failed.get() ? "" : failure(new ConvergenceRun(seed, some, steps), failed));
    }
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      List<String> failures = new ArrayList<>();
      for (Future<String> one : threads.invokeAll(all)) {
        failures.add(one.get());
      }
      failures.removeIf(String::isEmpty);
      assertThat(failures).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  /** The failure of a run; empty if there is none. After one failure no other run begins. */
  private static String failure(ConvergenceRun run, AtomicBoolean failed)
      throws InterruptedException {
    try {
      run.run();
      return "";
    } catch (AssertionError e) {
      failed.set(true);
      System.out.println("FAILED " + String.valueOf(e.getMessage()).replace('\n', ' '));
      return String.valueOf(e.getMessage());
    }
  }
}
