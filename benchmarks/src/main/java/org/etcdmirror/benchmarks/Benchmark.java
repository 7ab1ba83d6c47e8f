package org.etcdmirror.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.benchmarks.report.Machine;
import org.etcdmirror.benchmarks.report.MarkdownTable;
import org.etcdmirror.benchmarks.report.Page;
import org.etcdmirror.benchmarks.report.Report;
import org.etcdmirror.benchmarks.report.Results;
import org.etcdmirror.benchmarks.workload.Workload;
import org.etcdmirror.testkit.etcd.EtcdBinary;

/**
 * Measures the service side by side with other programs. Arguments: {@code quick} or {@code full},
 * the jar of the service, the path of an etcdctl, the version of etcd-mirror, the directory of the
 * report, and a regular expression that the names of the workloads must contain.
 */
public final class Benchmark {

  private Benchmark() {}

  /** Prints a table when a workload is done, and writes the report at the end. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean quick = arguments[0].equals("quick");
    int runs = quick ? 3 : 5;
    Instant start = Instant.now();
    Machine machine = Machine.here(etcdVersion());
    Suite suite = new Suite(new Contestants(arguments[1], arguments[2]));
    Pattern wanted = Pattern.compile(arguments[5]);
    List<Results> all = new ArrayList<>();
    for (Workload workload : quick ? suite.quick() : suite.full()) {
      if (wanted.matcher(workload.name()).find()) {
        Results results = new Turns(runs).of(workload);
        System.out.println(workload.name() + "\n\n" + MarkdownTable.of(results));
        all.add(results);
      }
    }
    Page.write(
        new Report(arguments[0], runs, start, arguments[3], machine, all), Path.of(arguments[4]));
  }

  private static String etcdVersion() {
    return EtcdBinary.find()
        .orElseThrow(() -> new IllegalStateException("no etcd found: set ETCD_BIN"))
        .version();
  }
}
