package org.etcdmirror.benchmarks;

import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.report.Results;
import org.etcdmirror.benchmarks.workload.Workload;

/** Lets the contestants of a workload take turns. */
final class Turns {

  private final int runs;

  Turns(int runs) {
    this.runs = runs;
  }

  /** Each run has a turn of each contestant, so that a change of the machine touches all alike. */
  Results of(Workload workload) throws InterruptedException {
    Results results = new Results(workload.name());
    for (int run = 1; run <= runs; run++) {
      for (Contestant contestant : workload.contestants()) {
        System.err.printf("run %d of %d: %s: %s%n", run, runs, workload.name(), contestant.name());
        turn(workload, contestant, results);
      }
    }
    return results;
  }

  private static void turn(Workload workload, Contestant contestant, Results results)
      throws InterruptedException {
    try {
      results.add(contestant.name(), workload.turn(contestant));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // A client may report an interrupt by an exception of its own.
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted during a turn");
      }
      System.err.println("  does not count: " + e.getMessage());
      results.addFailure(contestant.name(), String.valueOf(e.getMessage()));
    }
  }
}
