package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;

/** Some work that contestants do in turn. */
public interface Workload {

  /** Its name in the report. */
  String name();

  /** Who does it, ours first. */
  List<Contestant> contestants();

  /**
   * One turn, between servers of its own. It ends with a comparison of both sides.
   *
   * @throws org.etcdmirror.benchmarks.process.UnusableException if the contestant ended, or both
   *     sides are not equal at the end
   */
  Map<Measure, Double> turn(Contestant contestant) throws Exception;
}
