package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.SteadyPuts;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes to a v3 source outside of what is mirrored, and notices how the source
 * answers meanwhile. Only fields that want it have one. Not safe for use by many threads.
 */
final class OtherClient implements AutoCloseable {

  private static final String KEY = "/other/client";
  private static final int MILLIS = 5;

  private final @Nullable Program program;

  private OtherClient(@Nullable Program program) {
    this.program = program;
  }

  /** Starts it, if the field wants it, and waits until it is warm. */
  static OtherClient of(Field field, Sides sides) throws Exception {
    if (!field.hasOtherClient()) {
      return new OtherClient(null);
    }
    Program program =
        Program.start(
            JavaPrograms.command(SteadyPuts.class, List.of(sides.source().toString(), KEY)));
    try {
      Await.until(program, MILLIS, () -> program.printed().contains("warm"));
    } catch (Exception e) {
      program.close();
      throw e;
    }
    return new OtherClient(program);
  }

  /** From now on its writes are measured. */
  void begin() {
    if (program != null) {
      program.write("begin\n");
    }
  }

  /** Ends its writes and returns how long they took. */
  Map<Measure, Double> end() throws InterruptedException, UnusableException {
    if (program == null) {
      return Map.of();
    }
    program.endInput();
    Map<String, Double> printed = JavaPrograms.figures(program.result());
    return Map.of(
        Measure.OTHERS_P50, printed.get("put.p50"), Measure.OTHERS_P99, printed.get("put.p99"));
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
