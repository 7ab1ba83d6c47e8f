package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.function.Supplier;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.testkit.etcd.EtcdServer;

/**
 * What all workloads of one API share.
 *
 * @param server starts an empty server
 * @param contestants who takes part
 */
public record Field(Supplier<EtcdServer> server, List<Contestant> contestants) {

  /** Copies the list. */
  public Field {
    contestants = List.copyOf(contestants);
  }
}
