package org.etcdmirror.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The pairs that tests get live as long as what they are parameters of. */
@Timeout(600)
class MirroredEtcdTest {

  private static final List<MirroredPair> SHARED = new ArrayList<>();
  private static final List<MirroredPair> FRESH = new ArrayList<>();
  private static final List<String> CUSTOMIZED = new ArrayList<>();

  /** Notes each mirror. */
  static final class Noting implements MirrorCustomizer {

    Noting() {}

    @Override
    public void customize(EtcdMirrorBuilder builder) {
      CUSTOMIZED.add("built");
    }
  }

  @MirroredEtcd(
      source = EtcdApi.V3,
      sink = EtcdApi.V3,
      prefix = "/app/",
      started = false,
      customizer = Noting.class)
  static class Example {

    private static MirroredPair shared;

    private final MirroredPair own;

    Example(MirroredPair own) {
      this.own = own;
    }

    @BeforeAll
    static void share(MirroredPair pair) {
      shared = pair;
    }

    @BeforeEach
    void note(MirroredPair pair) {
      SHARED.add(shared);
      FRESH.add(own);
      FRESH.add(pair);
    }

    @Test
    void one() throws Exception {
      Clients.put(own.writer(), "/app/before", "1");
      assertThat(own.mirror().status().state()).isEqualTo(MirrorState.CREATED);
      own.start();
      own.awaitLevel();
      assertThat(Clients.values(own.reader(), "/app")).isEqualTo(Map.of("/app/before", "1"));
    }

    @Test
    void another() {
      assertThat(shared.source().server().version()).isNotEmpty();
    }
  }

  @Test
  void pairsLiveAsLongAsWhatTheyAreParametersOf() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Example.class))
        .execute()
        .testEvents()
        .assertStatistics(tests -> tests.started(2).succeeded(2));
    assertThat(SHARED).hasSize(2).containsOnly(SHARED.get(0));
    assertThat(FRESH).hasSize(4).doesNotHaveDuplicates();
    assertThat(CUSTOMIZED).hasSize(5);
    FRESH.add(SHARED.get(0));
    assertThat(FRESH)
        .allSatisfy(pair -> {
          assertThat(pair.mirror().status().state()).isEqualTo(MirrorState.STOPPED);
          assertThat(Files.exists(pair.source().server().log())).isFalse();
          assertThat(Files.exists(pair.sink().server().log())).isFalse();
        });
  }
}
