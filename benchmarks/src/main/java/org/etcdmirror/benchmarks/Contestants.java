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
 * @param launcher the path of its launcher
 * @param etcdctl the path of the program
 */
record Contestants(String jar, String launcher, String etcdctl) {

  List<Contestant> v3() {
    return List.of(
        Service.ofLauncher("v3", launcher),
        Service.ofSmallHeap("v3", launcher),
        Service.ofJar("v3", jar),
        new MakeMirror(etcdctl),
        JavaContestant.RAW_V3);
  }

  /** For a quick run. */
  List<Contestant> fewOfV3() {
    return List.of(
        Service.ofLauncher("v3", launcher), new MakeMirror(etcdctl), JavaContestant.RAW_V3);
  }

  /** Without the mirror that knows one prefix only, and takes minutes for a large backlog. */
  List<Contestant> v3WithoutMakeMirror() {
    return List.of(
        Service.ofLauncher("v3", launcher),
        Service.ofSmallHeap("v3", launcher),
        JavaContestant.RAW_V3);
  }

  /** Who reads a history, as another client of the source sees it. */
  List<Contestant> readers() {
    Service service = Service.ofLauncher("v3", launcher);
    return List.of(service, service.withOneWatch(), new MakeMirror(etcdctl), JavaContestant.RAW_V3);
  }

  /** With a command of the service that ends by itself. */
  List<Contestant> comparing(String command) {
    return List.of(
        Service.ofLauncher("v3", launcher).doing(command),
        Service.ofSmallHeap("v3", launcher).doing(command),
        JavaContestant.RAW_COMPARE);
  }

  List<Contestant> v2() {
    return List.of(
        Service.ofLauncher("v2", launcher),
        Service.ofSmallHeap("v2", launcher),
        Service.ofJar("v2", jar),
        JavaContestant.SERIAL_V2,
        JavaContestant.RAW_V2);
  }
}
