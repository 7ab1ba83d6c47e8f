package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream detects later that it lost an event below an index that it reported. */
@Tag("long")
@Timeout(600)
class WrongIndexTest {

  private static final MirrorScope CONF = MirrorScope.of("/conf/");
  private static final String LOST = "/conf/lost";

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v2", "v3 to v3");
  }

  private static ForgetfulSource source(ScopedLink link) {
    return new ForgetfulSource(link.source.source(), LOST);
  }

  private static void lose(ScopedLink link, EtcdMirror mirror) throws InterruptedException {
    link.source.put(LOST, "7");
    link.source.put("/conf/later", "9");
    link.level(mirror);
    assertThat(link.held("/conf/")).containsKey("/conf/later").doesNotContainKey(LOST);
  }

  private static void assertEqual(ScopedLink link, EtcdMirror mirror) throws Exception {
    Link.eventually("equal", () -> link.held("/conf/").equals(link.source.values("/conf/")));
    Link.awaitState(mirror, MirrorState.FOLLOWING);
    VerifyReport report = mirror.verify();
    assertThat(report.isEqual()).as(report.describe()).isTrue();
    assertThat(link.gaps).containsExactly(Gap.Reason.INDEX_DISPROVED);
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void lostEventIsRepairedAfterAFirstCopyAndAfterAResume(EtcdBinary binary, String from, String to)
      throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      link.source.put("/conf/a", "1");
      for (boolean resumes : new boolean[] {false, true}) {
        link.gaps.clear();
        ForgetfulSource forgetful = source(link);
        try (EtcdMirror mirror = link.builder(CONF).source(forgetful).build()) {
          mirror.start();
          link.level(mirror);
          link.source.put(LOST, "before " + resumes);
          link.level(mirror);
          assertThat(link.held("/conf/").get(LOST)).isNotEqualTo("before " + resumes);
          forgetful.findOut();
          link.source.put("/conf/a", "2");
          assertEqual(link, mirror);
        }
      }
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void nextRunRepairsALossThatIsStoredAsMustCompare(EtcdBinary binary, String from, String to)
      throws Exception {
    try (ScopedLink link = new ScopedLink(binary, from, to)) {
      link.source.put("/conf/a", "1");
      ForgetfulSource forgetful = source(link);
      try (EtcdMirror mirror = link.builder(CONF).source(forgetful).build()) {
        mirror.start();
        link.level(mirror);
        lose(link, mirror);
        forgetful.noSnapshots();
        forgetful.findOut();
        link.source.put("/conf/a", "2");
        Link.awaitState(mirror, MirrorState.RETRYING);
        Link.eventually("stored", () -> notes(to, link.sinkEtcd).containsKey("must-compare"));
        assertThat(mirror.status().caughtUp()).isFalse();
      }
      assertThat(notes(to, link.sinkEtcd).get("must-compare")).startsWith("INDEX_DISPROVED at ");
      link.gaps.clear();
      try (EtcdMirror mirror = link.builder(CONF).build()) {
        mirror.start();
        assertEqual(link, mirror);
      }
      assertThat(notes(to, link.sinkEtcd)).doesNotContainKey("must-compare");
    }
  }

  private static Map<String, String> notes(String to, EtcdServer sink) throws Exception {
    try (IndexStore store = ScopedLink.store(to, sink)) {
      Optional<Checkpoint> stored = store.load();
      return stored.map(Checkpoint::notes).orElse(Map.of());
    }
  }
}
