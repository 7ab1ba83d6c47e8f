package org.etcdmirror.benchmarks;

import java.util.List;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.JavaContestant;
import org.etcdmirror.benchmarks.contestant.MakeMirror;
import org.etcdmirror.benchmarks.contestant.Service;

/**
 * Who takes part.
 *
 * @param jar of the service
 * @param etcdctl the path of the program
 */
record Contestants(String jar, String etcdctl) {

  List<Contestant> v3() {
    return List.of(
        Service.ofDefaultHeap("v3", jar),
        Service.ofSmallHeap("v3", jar),
        new MakeMirror(etcdctl),
        JavaContestant.RAW_V3);
  }

  /** Without the mirror that knows one prefix only. */
  List<Contestant> v3OfManyPrefixes() {
    return List.of(
        Service.ofDefaultHeap("v3", jar), Service.ofSmallHeap("v3", jar), JavaContestant.RAW_V3);
  }

  /** With a command of the service that ends by itself. */
  List<Contestant> comparing(String command) {
    return List.of(
        Service.ofDefaultHeap("v3", jar).doing(command),
        Service.ofSmallHeap("v3", jar).doing(command),
        JavaContestant.RAW_COMPARE);
  }

  List<Contestant> v2() {
    return List.of(
        Service.ofDefaultHeap("v2", jar),
        Service.ofSmallHeap("v2", jar),
        JavaContestant.SERIAL_V2,
        JavaContestant.RAW_V2);
  }
}
