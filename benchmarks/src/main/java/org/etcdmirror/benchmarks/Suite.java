package org.etcdmirror.benchmarks;

import static org.etcdmirror.benchmarks.contestant.Sides.Line.NEAR;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.workload.Events;
import org.etcdmirror.benchmarks.workload.Field;
import org.etcdmirror.benchmarks.workload.V2Copy;
import org.etcdmirror.benchmarks.workload.V2Latency;
import org.etcdmirror.benchmarks.workload.V2Writers;
import org.etcdmirror.benchmarks.workload.V3Backlog;
import org.etcdmirror.benchmarks.workload.V3Compare;
import org.etcdmirror.benchmarks.workload.V3Copy;
import org.etcdmirror.benchmarks.workload.V3Latency;
import org.etcdmirror.benchmarks.workload.Workload;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** The workloads of each mode. */
final class Suite {

  private final Contestants contestants;
  private final Field v3;
  private final Field v2;

  Suite(Contestants contestants) {
    this.contestants = contestants;
    this.v3 = new Field(Suite::v3Server, contestants.v3());
    this.v2 = new Field(EtcdServer::start, contestants.v2());
  }

  private static EtcdServer v3Server() {
    return EtcdServer.builder().enableV2(false).start();
  }

  /** What takes minutes. */
  List<Workload> quick() {
    Field few = new Field(Suite::v3Server, contestants.fewOfV3());
    return List.of(
        V3Copy.of(few, 20_000, 100, NEAR),
        new V3Backlog(few, 20_000, 1, NEAR),
        new V3Latency(few, new Events(200, 2_800, 1_000), NEAR));
  }

  /** Everything. */
  List<Workload> full() {
    List<Workload> all = new ArrayList<>();
    addCopies(all);
    addComparisons(all);
    addBacklogs(all);
    addOtherClient(all);
    addV2(all);
    for (Sides.Line far : List.of(Sides.Line.FAR_SOURCE, Sides.Line.FAR_SINK)) {
      all.add(V3Copy.of(v3, 10_000, 100, far));
      all.add(new V3Backlog(v3, 5_000, 1, far));
      all.add(new V3Latency(v3, new Events(50, 50, 100), far));
    }
    return all;
  }

  private void addCopies(List<Workload> all) {
    Field many = new Field(Suite::v3Server, contestants.v3WithoutMakeMirror());
    all.add(V3Copy.of(v3, 10_000, 100, NEAR));
    all.add(V3Copy.of(v3, 100_000, 100, NEAR));
    all.add(V3Copy.of(many, 1_000_000, 100, NEAR));
    all.add(V3Copy.of(v3, 10_000, 10 << 10, NEAR));
    for (int prefixes : new int[] {1, 10, 50}) {
      all.add(V3Copy.ofPrefixes(many, 100, 1_000, prefixes));
    }
  }

  private void addComparisons(List<Workload> all) {
    Field resync = new Field(Suite::v3Server, contestants.comparing("once"));
    all.add(new V3Compare("resync", resync, 100_000, 0));
    all.add(new V3Compare("resync", resync, 100_000, 100));
    Field verify = new Field(Suite::v3Server, contestants.comparing("verify"));
    all.add(new V3Compare("verify", verify, 1_000_000, 0));
  }

  private void addBacklogs(List<Workload> all) {
    all.add(new V3Backlog(v3, 20_000, 1, NEAR));
    all.add(new V3Backlog(v3, 60_000, 1, NEAR));
    Field fast = new Field(Suite::v3Server, contestants.v3WithoutMakeMirror());
    all.add(new V3Backlog(fast, 500_000, 1, NEAR));
    all.add(new V3Backlog(v3, 500, 100, NEAR));
    all.add(new V3Latency(v3, new Events(200, 8_800, 2_000), NEAR));
  }

  private void addOtherClient(List<Workload> all) {
    Field readers = new Field(Suite::v3Server, contestants.readers()).withOtherClient();
    all.add(V3Copy.of(readers, 100_000, 100, NEAR));
    all.add(new V3Backlog(readers, 60_000, 1, NEAR));
    Field verify = new Field(Suite::v3Server, contestants.comparing("verify")).withOtherClient();
    all.add(new V3Compare("verify", verify, 100_000, 0));
  }

  private void addV2(List<Workload> all) {
    all.add(new V2Copy(v2, 8_000, NEAR));
    all.add(new V2Writers(v2, 8_000, 8, 1, NEAR));
    all.add(new V2Writers(v2, 20_000, 20, 1_000, NEAR));
    all.add(new V2Latency(v2, new Events(200, 8_800, 2_000), NEAR));
  }
}
