package org.etcdmirror.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.benchmarks.report.JsonReport;
import org.etcdmirror.benchmarks.report.Machine;
import org.etcdmirror.benchmarks.report.MarkdownTable;
import org.etcdmirror.benchmarks.report.Measured;
import org.etcdmirror.benchmarks.report.Page;
import org.etcdmirror.benchmarks.report.Report;
import org.etcdmirror.benchmarks.report.Results;
import org.etcdmirror.benchmarks.report.Run;
import org.etcdmirror.benchmarks.workload.Workload;
import org.etcdmirror.testkit.etcd.EtcdBinary;

/**
 * Measures the service side by side with other programs. Arguments: {@code quick} or {@code full},
 * the jar of the service, its launcher, the path of an etcdctl, the version of etcd-mirror, the
 * directory of the report, and a regular expression that the names of the workloads must contain.
 */
public final class Benchmark {

  private static final int END_MILLIS = 30_000;

  private Benchmark() {}

  /**
   * Prints a table when a workload is done, and writes the report. It keeps the workloads of
   * earlier reports that are not measured anew.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    endInOrder(Thread.currentThread());
    String mode = arguments[0];
    int turns = mode.equals("quick") ? 3 : 5;
    Run run = new Run(Instant.now(), arguments[4], turns, Machine.here(etcdVersion()));
    Path directory = Path.of(arguments[5]);
    Suite suite = new Suite(new Contestants(arguments[1], arguments[2], arguments[3]));
    List<Workload> workloads = mode.equals("quick") ? suite.quick() : suite.full();
    List<String> names = workloads.stream().map(Workload::name).toList();
    Pattern wanted = Pattern.compile(arguments[6]);
    for (Workload workload : workloads) {
      if (wanted.matcher(workload.name()).find()) {
        Results results = new Turns(turns).of(workload);
        System.out.println(workload.name() + "\n\n" + MarkdownTable.of(results));
        Report news = new Report(mode, List.of(new Measured(run, results)));
        Page.write(news.over(JsonReport.read(mode, directory), names), directory);
      }
    }
  }

  /** Who interrupts a run gets no further turn, and the present one closes what it opened. */
  private static void endInOrder(Thread main) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  try {
                    main.join(END_MILLIS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "end"));
  }

  private static String etcdVersion() {
    return EtcdBinary.find()
        .orElseThrow(() -> new IllegalStateException("no etcd found: set ETCD_BIN"))
        .version();
  }
}
