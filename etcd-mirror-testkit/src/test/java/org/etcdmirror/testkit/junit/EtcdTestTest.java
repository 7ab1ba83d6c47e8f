package org.etcdmirror.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The servers that tests get run when they are needed, and no longer. */
@Timeout(120)
class EtcdTestTest {

  /** What the test class below got, in the order of its tests. */
  private static final List<EtcdServer> SHARED = new ArrayList<>();

  private static final List<EtcdServer> FRESH = new ArrayList<>();
  private static final List<String> VERSIONS = new ArrayList<>();

  @EtcdTest(v2 = false, flags = "--max-txn-ops=5")
  static class Example {

    private static EtcdServer shared;

    private final EtcdServer own;
    private URI beforeEach;

    Example(EtcdServer own) {
      this.own = own;
    }

    @BeforeAll
    static void start(EtcdServer etcd) {
      shared = etcd;
    }

    @BeforeEach
    void fill(EtcdServer etcd) {
      beforeEach = etcd.clientUrl();
      FRESH.add(etcd);
      FRESH.add(own);
      SHARED.add(shared);
    }

    /** A server runs until here. */
    @AfterEach
    void serversRun() {
      new V3Http(own.clientUrl()).put("a", "1");
      new V3Http(shared.clientUrl()).put("a", "1");
    }

    @Test
    void one(EtcdServer etcd) {
      FRESH.add(etcd);
      assertThat(List.of(etcd.clientUrl(), own.clientUrl(), shared.clientUrl()))
          .doesNotHaveDuplicates()
          .doesNotContain(beforeEach);
      assertThat(new V2Http(etcd.clientUrl()).get("/", "").status()).isEqualTo(404);
    }

    @Test
    void another(EtcdCluster cluster) {
      assertThat(cluster.size()).isEqualTo(3);
    }

    @OnEachEtcd
    void onEach(EtcdServer etcd, EtcdBinary binary) {
      FRESH.add(etcd);
      VERSIONS.add(etcd.version());
      assertThat(List.of(etcd.version(), own.version())).containsOnly(binary.version());
    }
  }

  @Test
  void serversLiveAsLongAsWhatTheyAreParametersOf() {
    int all = EtcdBinary.all().size();
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(Example.class))
        .execute()
        .testEvents()
        .assertStatistics(tests -> tests.started(2 + all).succeeded(2 + all));
    assertThat(SHARED).hasSize(2 + all).containsOnly(SHARED.get(0));
    assertThat(FRESH).hasSize(2 * (2 + all) + 1 + all).doesNotHaveDuplicates();
    assertThat(VERSIONS)
        .containsExactlyElementsOf(EtcdBinary.all().stream().map(EtcdBinary::version).toList());
    assertThat(FRESH).allSatisfy(EtcdTestTest::assertGone);
    assertGone(SHARED.get(0));
  }

  private static void assertGone(EtcdServer server) {
    assertThat(Files.exists(server.log())).as("what is left of %s", server.clientUrl()).isFalse();
  }
}
