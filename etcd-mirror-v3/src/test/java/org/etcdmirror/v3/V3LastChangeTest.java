package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The last change of a selection shows a restored backup that holds each anchor. */
@Timeout(600)
class V3LastChangeTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));
  private static final Selection EVERYTHING = Selection.of(Bytes.EMPTY);

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static EtcdServer start(EtcdBinary binary) {
    return EtcdServer.builder().binary(binary).enableV2(false).start();
  }

  private static V3Source source(EtcdServer etcd) {
    return V3Source.of(etcd.clientUrl().toString());
  }

  private static Anchor.Check check(V3Source source, Selection selection, LastChange last) {
    return V3Patience.read(() -> source.check(selection, last));
  }

  private static long others(V3Http http, int count) {
    long revision = 0;
    for (int i = 0; i < count; i++) {
      revision = http.put("/others", "filler");
    }
    return revision;
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void restoredBackupIsFoundByWhatItsNewHistoryDid(EtcdBinary binary, @TempDir Path directory)
      throws Exception {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd)) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.put("/conf/kept", "1");
      long newest = http.put("/conf/a", "1");
      EtcdBackup backup = EtcdBackup.save(binary, etcd, directory.resolve("backup"));
      long through = others(http, 20);
      LastChange last = new LastChange(newest, newest, through);
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);

      backup.restore();
      others(http, 30);
      assertThat(check(source, CONF, last)).as("others changed").isEqualTo(HOLDS);

      backup.restore();
      http.put("/conf/a", "2");
      others(http, 30);
      assertThat(check(source, CONF, last)).as("an overwritten key").isEqualTo(BROKEN);
      http.compact(http.revision());
      assertThat(check(source, CONF, last)).as("even after a compaction").isEqualTo(BROKEN);

      backup.restore();
      http.delete("/conf/kept");
      others(http, 30);
      assertThat(check(source, CONF, last)).as("a deleted key").isEqualTo(BROKEN);
      assertThat(check(source, EVERYTHING, new LastChange(newest, newest, newest + 1)))
          .as("a deleted key of the whole keyspace")
          .isEqualTo(BROKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void restoredBackupWithoutTheNewestDeleteIsFound(EtcdBinary binary, @TempDir Path directory)
      throws Exception {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd)) {
      V3Http http = new V3Http(etcd.clientUrl());
      long put = http.put("/conf/kept", "1");
      http.put("/conf/gone", "1");
      EtcdBackup backup = EtcdBackup.save(binary, etcd, directory.resolve("backup"));
      http.delete("/conf/gone");
      long any = http.revision();
      LastChange last = new LastChange(any, any, others(http, 20), Bytes.utf8("/conf/gone"));
      assertThat(put).isLessThan(any);
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);

      backup.restore();
      others(http, 30);
      assertThat(check(source, CONF, last)).as("by history").isEqualTo(BROKEN);
      http.compact(http.revision());
      assertThat(check(source, CONF, last)).as("by the key that is there").isEqualTo(BROKEN);
      http.put("/conf/gone", "2");
      assertThat(check(source, CONF, last)).as("even if it is changed").isEqualTo(BROKEN);

      backup.restore();
      others(http, 30);
      http.delete("/conf/gone");
      assertThat(check(source, CONF, last)).as("deleted later").isEqualTo(BROKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void deletedKeyThatIsPutAgainHolds(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd)) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.put("/conf/gone", "1");
      http.delete("/conf/gone");
      long any = http.revision();
      LastChange last = new LastChange(0, any, others(http, 5), Bytes.utf8("/conf/gone"));
      http.put("/conf/gone", "2");
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
      http.compact(http.revision());
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void sameHistoryHoldsWhateverChangedSince(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd)) {
      V3Http http = new V3Http(etcd.clientUrl());
      for (int i = 0; i < 300; i++) {
        http.put("/conf/%03d".formatted(i), "1");
      }
      long put = http.revision();
      http.delete("/conf/000");
      LastChange last = new LastChange(put, http.revision(), others(http, 5));
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
      http.put("/conf/a", "2");
      http.delete("/conf/001");
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
      http.compact(http.revision());
      assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void keysOfMirrorsAreNoChange(EtcdBinary binary) {
    try (EtcdServer etcd = start(binary);
        V3Source source = source(etcd)) {
      V3Http http = new V3Http(etcd.clientUrl());
      long put = http.put("/conf/a", "1");
      http.put("/__replication/link", "1");
      long through = http.put("/__replication", "1");
      LastChange last = new LastChange(put, put, through);
      assertThat(check(source, EVERYTHING, last)).isEqualTo(HOLDS);
      through = http.put("/__replication-of-others", "1");
      assertThat(check(source, EVERYTHING, new LastChange(put, put, through))).isEqualTo(BROKEN);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void userWithoutTheRightCannotTell(EtcdBinary binary, @TempDir Path directory) throws Exception {
    try (EtcdServer etcd = start(binary)) {
      V3Http http = new V3Http(etcd.clientUrl());
      long put = http.put("/conf/a", "1");
      LastChange last = new LastChange(put, put, others(http, 5));
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
        assertThat(check(source, CONF, last)).isEqualTo(HOLDS);
        assertThat(check(source, Selection.of(Bytes.utf8("/old/")), last)).isEqualTo(UNKNOWN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void compactionDuringTheReadIsNoFailure(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = start(binary);
        V3Writer writer = new V3Writer(List.of(etcd.clientUrl()));
        V3Source source = source(etcd)) {
      writer.fill(20_000, i -> V3Writer.put("/conf/%05d".formatted(i), "1"));
      V3Http http = new V3Http(etcd.clientUrl());
      long put = http.put("/conf/a", "1");
      LastChange last = new LastChange(put, put, others(http, 5));
      AtomicBoolean ended = new AtomicBoolean();
      CompletableFuture<Void> compacting =
          CompletableFuture.runAsync(() -> {
            while (!ended.get()) {
              http.compact(others(http, 1));
            }
          });
      assertThat(source.check(CONF, last)).isEqualTo(HOLDS);
      ended.set(true);
      compacting.get();
    }
  }
}
