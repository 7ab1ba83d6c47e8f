package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A source that was wiped keeps its name, and its index outgrows the stored one. */
@Tag("long")
@Timeout(600)
class AnchorTest {

  private static final MirrorScope CONF = MirrorScope.of("/conf/");

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v3");
  }

  private static void fill(ScopedLink link) {
    for (String key : new String[] {"/conf/a", "/conf/b", "/conf/c"}) {
      link.source.put(key, "old");
    }
  }

  /** Wipes the source, keeps its cluster ID, and writes until its index passes the old one. */
  private static void wipeAndOutgrow(ScopedLink link) {
    long before = link.source.index();
    link.sourceEtcd.wipeKeepingClusterId();
    link.source.put("/conf/b", "new");
    while (link.source.index() < before + 10) {
      link.source.put("/busy/neighbour", "x");
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void nextRunDetectsAWipedSourceThatOutgrewTheStoredIndex(
      EtcdBinary binary, String from, String to) throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      fill(link);
      link.run(CONF);
      wipeAndOutgrow(link);
      link.run(CONF);
      assertThat(link.gaps).containsExactly(Gap.Reason.CLUSTER_REPLACED);
      assertThat(link.held("/conf/")).isEqualTo(Map.of("/conf/b", "new"));
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void restartOfEitherSideCausesNoGap(EtcdBinary binary, String from, String to) throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      fill(link);
      link.run(CONF);
      link.sourceEtcd.restart();
      link.source.put("/conf/a", "new");
      link.source.put("/conf/c", "new");
      link.run(CONF);
      link.sinkEtcd.restart();
      link.run(CONF);
      assertThat(link.gaps).isEmpty();
      assertThat(link.held("/conf/"))
          .isEqualTo(Map.of("/conf/a", "new", "/conf/b", "old", "/conf/c", "new"));
    }
  }
}
