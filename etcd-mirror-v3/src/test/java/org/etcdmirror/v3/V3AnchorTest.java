package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An anchor shows whether a cluster with a known cluster id still has the same history. */
@Timeout(600)
class V3AnchorTest {

  private static final Selection ALL = Selection.of(Bytes.utf8("/conf/"));

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static EtcdServer start(EtcdBinary binary) {
    return EtcdServer.builder().binary(binary).enableV2(false).start();
  }

  private static V3Source source(Object... endpoints) {
    return V3Source.builder()
        .endpoints(Stream.of(endpoints).map(Object::toString).toList())
        .build();
  }

  private static Anchor anchor(String key, long version, long at) {
    return new Anchor(Bytes.utf8(key), version, at);
  }

  private static Anchor.Check check(V3Source source, Anchor anchor) {
    return V3Patience.read(() -> source.check(anchor));
  }

  private static void put(V3Http http, String key, long through) {
    while (http.put(key, "filler") < through) {
      // Until the revision is that far.
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorIsBrokenAfterClusterWasWipedAndGrewPastIt(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.put("/conf/b", "1");
      long version = http.put("/conf/a", "1");
      long at = http.put("/other", "1");
      Anchor anchor = anchor("/conf/a", version, at);
      String name = V3Patience.read(() -> source.head(ALL)).clusterId();
      assertThat(check(source, anchor)).isEqualTo(HOLDS);

      etcd.wipeKeepingClusterId();
      assertThat(V3Patience.read(() -> source.head(ALL)).clusterId()).isEqualTo(name);
      assertThat(check(source, anchor)).as("the cluster is behind the anchor").isEqualTo(BROKEN);
      put(http, "/conf/b", at + 5);
      assertThat(check(source, anchor)).as("the key is missing").isEqualTo(BROKEN);

      etcd.wipeKeepingClusterId();
      http.put("/conf/a", "1");
      put(http, "/conf/b", at + 5);
      assertThat(check(source, anchor)).as("the key has an older revision").isEqualTo(BROKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorIsBrokenAfterBackupWasRestoredAndGrewPastIt(EtcdBinary binary, @TempDir Path directory)
      throws Exception {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long kept = http.put("/conf/kept", "1");
      http.put("/conf/a", "1");
      EtcdBackup backup = EtcdBackup.save(binary, etcd, directory.resolve("backup"));
      long version = http.put("/conf/a", "2");
      Anchor anchor = anchor("/conf/a", version, version);
      String name = V3Patience.read(() -> source.head(ALL)).clusterId();
      assertThat(check(source, anchor)).isEqualTo(HOLDS);

      backup.restore();
      assertThat(V3Patience.read(() -> source.head(ALL)).clusterId()).isEqualTo(name);
      assertThat(http.revision()).isLessThan(version);
      assertThat(check(source, anchor)).as("the index went back").isEqualTo(BROKEN);
      put(http, "/conf/b", version + 5);
      assertThat(check(source, anchor)).as("the index passed the anchor again").isEqualTo(BROKEN);
      assertThat(check(source, anchor("/conf/kept", kept, kept))).isEqualTo(HOLDS);

      http.compact(http.revision());
      assertThat(check(source, anchor)).as("even after a compaction").isEqualTo(BROKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorHoldsAfterRestart(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      Anchor anchor = anchor("/conf/a", http.put("/conf/a", "1"), http.put("/other", "1"));
      Anchor changed = anchor("/conf/b", http.put("/conf/b", "1"), http.put("/other", "2"));
      http.put("/conf/b", "2");
      etcd.kill();
      etcd.restart();
      assertThat(check(source, anchor)).isEqualTo(HOLDS);
      assertThat(check(source, changed)).isEqualTo(HOLDS);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorHoldsAfterCompactionOnlyIfItsKeyIsUnchanged(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long a = http.put("/conf/a", "1");
      long b = http.put("/conf/b", "1");
      long gone = http.put("/conf/gone", "1");
      long at = http.put("/other", "1");
      long later = http.put("/conf/b", "2");
      http.delete("/conf/gone");
      http.compact(http.put("/other", "2"));
      assertThat(check(source, anchor("/conf/a", a, at))).isEqualTo(HOLDS);
      assertThat(check(source, anchor("/conf/b", b, at))).isEqualTo(UNKNOWN);
      assertThat(check(source, anchor("/conf/gone", gone, at))).isEqualTo(UNKNOWN);
      assertThat(check(source, anchor("/conf/b", b, later)))
          .as("the key had already changed at this index")
          .isEqualTo(BROKEN);
    }
  }

  @Test
  void anchorHoldsOnLaggingMember() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().enableV2(false).startCluster(3)) {
      EtcdServer slow = cluster.member(2);
      try (V3Writer writer = new V3Writer(cluster.clientUrls().subList(0, 2));
          V3Source source = source(slow.clientUrl())) {
        assertThat(V3Patience.read(() -> source.head(ALL)).index()).isPositive();
        for (int round = 0; round < 3; round++) {
          slow.suspend();
          long version = V3Patience.read(() -> writer.write(V3Writer.put("/conf/a", "1")));
          writer.fill(20_000, i -> V3Writer.put("/conf/" + i, "filler"));
          long at = V3Patience.read(() -> writer.write(V3Writer.put("/conf/last", "1")));
          slow.resume();
          assertThat(check(source, anchor("/conf/a", version, version))).isEqualTo(HOLDS);
          assertThat(check(source, anchor("/conf/last", at, at))).isEqualTo(HOLDS);
        }
      }
    }
  }

  @Test
  void anchorWithImpossibleKeyOrVersionNeverHolds() {
    try (EtcdServer etcd = start(EtcdBinary.all().get(0));
        V3Source source = source(etcd.clientUrl())) {
      long at = new V3Http(etcd.clientUrl()).put("/conf/a", "1");
      assertThat(check(source, anchor("", at, at))).isEqualTo(UNKNOWN);
      assertThat(check(source, anchor("/conf/a", Long.MAX_VALUE, Long.MAX_VALUE)))
          .isEqualTo(BROKEN);
      assertThat(check(source, anchor("k".repeat(1 << 20), 1, 1))).isIn(BROKEN, UNKNOWN);
    }
  }

  @Test
  void anchorIsUnknownIfUserMayNotReadItsKey(@TempDir Path directory) throws Exception {
    try (EtcdServer etcd = start(EtcdBinary.all().get(0))) {
      V3Http http = new V3Http(etcd.clientUrl());
      Anchor hidden = anchor("/old/a", http.put("/old/a", "1"), http.put("/conf/a", "1"));
      Anchor shown = anchor("/conf/a", hidden.at(), hidden.at());
      http.role("reader");
      http.grantPrefix("reader", "READ", "/conf/");
      http.user("reader", "secret", "reader");
      http.enableAuth("secret");
      Path password = Files.writeString(directory.resolve("password"), "secret\n");
      try (V3Source source =
          V3Source.builder()
              .endpoints(List.of(etcd.clientUrl().toString()))
              .access(new Access("reader", password, null, null, null))
              .build()) {
        assertThat(check(source, hidden)).isEqualTo(UNKNOWN);
        assertThat(check(source, shown)).isEqualTo(HOLDS);
      }
    }
  }
}
