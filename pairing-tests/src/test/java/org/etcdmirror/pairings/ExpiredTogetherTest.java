package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys with a TTL that expire together while no mirror follows, and whose history is lost. */
@Tag("long")
@Timeout(600)
@EtcdTest
class ExpiredTogetherTest {

  private static final int KEYS = 300;
  private static final int SECONDS = 15;
  private static final int AN_HOUR = 3600;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private FaultProxy proxy;
  private Link link;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  ExpiredTogetherTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void startServers() {
    proxy = FaultProxy.to(sourceEtcd.clientUrl());
  }

  @AfterEach
  void stopServers() {
    proxy.close();
  }

  private void connect(String kind) {
    link = new Link(Keyspace.at(kind, proxy.url()), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/stays", "1");
  }

  private void register(String kind) {
    register(kind, SECONDS);
  }

  private void register(String kind, int seconds) {
    if (kind.equals("v2")) {
      V2Http http = new V2Http(sourceEtcd.clientUrl());
      for (int i = 0; i < KEYS; i++) {
        http.put("/conf/" + i, Map.of("value", "v", "ttl", Integer.toString(seconds)));
      }
    } else {
      V3Http http = new V3Http(sourceEtcd.clientUrl());
      String lease = http.grantLease(seconds);
      for (int i = 0; i < KEYS; i++) {
        http.put("/conf/" + i, "v", lease);
      }
    }
  }

  /** Waits until the keys have expired, and clears the history. */
  private void expired(String kind) throws Exception {
    Keyspace direct = Keyspace.of(kind, sourceEtcd);
    Link.eventually("expiry", () -> direct.values("/conf/").size() == 1);
    forget(kind);
  }

  private void forget(String kind) throws Exception {
    if (kind.equals("v2")) {
      PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 7, 162);
    } else {
      V3Http http = new V3Http(sourceEtcd.clientUrl());
      http.put("/locks", "1");
      http.compact(http.revision());
    }
  }

  private void assertResyncedWithoutApproval(EtcdMirror mirror) throws InterruptedException {
    Link.eventually(
        "resynced", () -> !mirror.status().gaps().isEmpty() || mirror.status().pending() != null);
    assertThat(mirror.status().pending()).isNull();
    link.awaitEqual(mirror);
    assertThat(link.sink().values("/conf/")).isEqualTo(Map.of("/conf/stays", "1"));
    assertThat(mirror.status().counters().deletesBlocked()).isZero();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void expiredKeysAreDeletedWithoutApprovalAfterAStop(String kind) throws Exception {
    connect(kind);
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      register(kind);
      link.awaitLevel(mirror);
    }
    expired(kind);
    try (EtcdMirror mirror = link.mirror(builder -> builder)) {
      assertThat(mirror.plan().refusal()).isNull();
      mirror.start();
      assertResyncedWithoutApproval(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void expiredKeysAreDeletedWithoutApprovalAfterAnOutage(String kind) throws Exception {
    connect(kind);
    register(kind);
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      proxy.refuse(true);
      proxy.cutAll();
      Link.awaitState(mirror, MirrorState.RETRYING);
      expired(kind);
      proxy.heal();
      assertResyncedWithoutApproval(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void deletesOfKeysWithoutTtlNeedApproval(String kind) throws Exception {
    connect(kind);
    for (int i = 0; i < KEYS; i++) {
      link.source().put("/conf/" + i, "v");
    }
    link.mirroredOnce();
    for (int i = 0; i < KEYS; i++) {
      link.source().delete("/conf/" + i);
    }
    forget(kind);
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      Link.awaitState(mirror, MirrorState.BLOCKED);
      assertThat(requireNonNull(requireNonNull(mirror.status().pending()).plan()).deletes())
          .isEqualTo(KEYS);
      assertThat(link.sink().values("/conf/")).hasSize(KEYS + 1);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void deletesAfterASourceWipeNeedApprovalEvenForKeysWithTtl(String kind) throws Exception {
    connect(kind);
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      register(kind, AN_HOUR);
      link.awaitEqual(mirror);
    }
    sourceEtcd.wipeKeepingClusterId();
    // Otherwise the one key would be at its old index again.
    link.source().put("/elsewhere", "1");
    link.source().put("/conf/stays", "1");
    forget(kind);
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      Link.awaitState(mirror, MirrorState.BLOCKED);
      assertThat(link.sink().values("/conf/")).hasSize(KEYS + 1);
    }
  }
}
