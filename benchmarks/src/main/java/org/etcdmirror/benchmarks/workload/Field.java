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
 * @param hasOtherClient whether another client of the source measures how it answers meanwhile
 */
public record Field(
    Supplier<EtcdServer> server, List<Contestant> contestants, boolean hasOtherClient) {

  /** Copies the list. */
  public Field {
    contestants = List.copyOf(contestants);
  }

  /** Without another client. */
  public Field(Supplier<EtcdServer> server, List<Contestant> contestants) {
    this(server, contestants, false);
  }

  /** The same with another client. */
  public Field withOtherClient() {
    return new Field(server, contestants, true);
  }

  /** What it adds to the name of a workload. */
  String title() {
    return hasOtherClient ? ", beside another client" : "";
  }
}
