package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source checks an anchor against the current key and the watch history. */
@Timeout(600)
@EtcdTest
class V2AnchorTest {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static EtcdServer etcd;
  private static V2Http http;

  private final String prefix = "/anchor" + NUMBER.incrementAndGet();
  private final String key = prefix + "/dir/key";
  private V2Source source;

  @BeforeAll
  static void startEtcd(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void open() {
    source = V2Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  @AfterEach
  void close() {
    source.close();
  }

  private Anchor.Check check(long version, long at) throws IOException, InterruptedException {
    return source.check(new Anchor(Bytes.utf8(key), version, at));
  }

  private long put(String path, String value) {
    return http.put(path, value).modifiedIndex();
  }

  private long delete(String path) {
    return http.delete(path, "recursive=true").etcdIndex();
  }

  @Test
  void anchorHoldsWhileKeyIsUnchangedEvenWhenHistoryIsCleared() throws Exception {
    long version = put(key, "1");
    assertThat(check(version, version)).isEqualTo(HOLDS);
    storm();
    assertThat(check(version, version)).isEqualTo(HOLDS);
  }

  /** 1,100 events elsewhere. */
  private void storm() throws Exception {
    PipelinedWriter.storm(etcd.clientUrl(), prefix + "-elsewhere", 4, 275);
  }

  @Test
  void anchorHoldsWhenHistoryShowsLaterChangeOrDelete() throws Exception {
    long version = put(key, "1");
    long at = put(prefix + "/other", "x");
    put(key, "2");
    assertThat(check(version, at)).isEqualTo(HOLDS);
    delete(key);
    assertThat(check(version, at)).isEqualTo(HOLDS);
    put(key, "3");
    assertThat(check(version, at)).isEqualTo(HOLDS);
    http.put(key, Map.of("value", "4", "prevExist", "true"));
    assertThat(check(version, at)).isEqualTo(HOLDS);
  }

  @Test
  void anchorHoldsWhenHistoryShowsThatKeyBecameDirectory() throws Exception {
    long version = put(key, "1");
    http.put(key, Map.of("dir", "true"));
    assertThat(check(version, version)).isEqualTo(HOLDS);
    put(key + "/below", "1");
    assertThat(check(version, version)).isEqualTo(HOLDS);
  }

  @Test
  void anchorIsBrokenWhenKeyUnchangedSinceHasOtherVersion() throws Exception {
    long version = put(key, "1");
    long at = put(prefix + "/other", "x");
    assertThat(check(version - 1, at)).isEqualTo(BROKEN);
    assertThat(check(at, at)).isEqualTo(BROKEN);
    storm();
    assertThat(check(version - 1, at)).as("without any history").isEqualTo(BROKEN);
  }

  @Test
  void anchorIsBrokenWhenKeyNeverExisted() throws Exception {
    long before = put(prefix + "/other", "x");
    assertThat(check(before, before)).as("nothing changed since then").isEqualTo(BROKEN);
    put(prefix + "/dir", "a value above it");
    assertThat(check(before, before)).as("nothing has happened to it since").isEqualTo(BROKEN);
  }

  @Test
  void anchorIsBrokenWhenKeyWasCreatedLaterOrHadOtherVersion() throws Exception {
    long before = put(prefix + "/other", "x");
    long version = put(key, "1");
    assertThat(check(before, before)).as("it came later").isEqualTo(BROKEN);
    put(key, "2");
    assertThat(check(before, before)).as("and was changed").isEqualTo(BROKEN);
    assertThat(check(before, version)).as("it was of another version").isEqualTo(BROKEN);
    delete(key);
    assertThat(check(before, version)).as("and is gone").isEqualTo(BROKEN);
  }

  @Test
  void anchorBeyondCurrentIndexIsBrokenUnlessKeyMatches() throws Exception {
    long version = put(key, "1");
    assertThat(check(version, version + 1000)).as("the key proves itself").isEqualTo(HOLDS);
    assertThat(check(version + 1, version + 1000)).isEqualTo(BROKEN);
  }

  @Test
  void anchorIsUnknownWhenParentDirectoryWasDeleted() throws Exception {
    long version = put(key, "1");
    delete(prefix + "/dir");
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
    put(key, "2");
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
    delete(prefix);
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorIgnoresDeleteOfDirectoryWithSimilarName() throws Exception {
    put(prefix + "/di/x", "1");
    put(prefix + "/di-r/x", "1");
    long version = put(key, "1");
    delete(prefix + "/di");
    assertThat(check(version, version)).isEqualTo(HOLDS);
    delete(key);
    assertThat(check(version, version)).as("deleted after the other directory").isEqualTo(HOLDS);
    put(prefix + "/di/x", "1");
    long later = put(prefix + "/di/y", "1");
    delete(prefix + "/di");
    assertThat(check(later, later)).as("only the other directory was deleted").isEqualTo(BROKEN);
  }

  @Test
  void anchorIsUnknownWhenKeyIsOrWasDirectory() throws Exception {
    long version = put(key + "/below", "1");
    long at = put(prefix + "/other", "x");
    assertThat(check(at, at)).isEqualTo(UNKNOWN);
    assertThat(check(version, at)).as("its directory has the version").isEqualTo(UNKNOWN);
    delete(key);
    assertThat(check(at, at)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorIsUnknownWhenHistoryWasCleared() throws Exception {
    long version = put(key, "1");
    put(key, "2");
    assertThat(check(version, version)).isEqualTo(HOLDS);
    storm();
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
    delete(key);
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorIsUnknownAfterTtlRefresh() throws Exception {
    long version = http.put(key, Map.of("value", "1", "ttl", "1000")).modifiedIndex();
    assertThat(check(version, version)).isEqualTo(HOLDS);
    long refreshed =
        http.put(key, Map.of("refresh", "true", "ttl", "2000", "prevExist", "true")).etcdIndex();
    assertThat(check(version, version)).as("later than the anchor").isEqualTo(UNKNOWN);
    assertThat(check(version, refreshed)).as("within the anchor").isEqualTo(UNKNOWN);
    put(key, "without a time to live");
    assertThat(check(version, refreshed)).isEqualTo(UNKNOWN);
    assertThat(check(version, version)).isEqualTo(UNKNOWN);
    delete(key);
    assertThat(check(version, refreshed)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorIsUnknownAfterRefreshOfKeyWithoutTtl() throws Exception {
    long version = put(key, "1");
    long at = put(prefix + "/other", "x");
    http.put(key, Map.of("refresh", "true", "ttl", "2000", "prevExist", "true"));
    assertThat(check(version, at)).isEqualTo(UNKNOWN);
    delete(key);
    assertThat(check(version, at)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorIsUnknownAfterExpiry() throws Exception {
    long version = http.put(key, Map.of("value", "1", "ttl", "1000")).modifiedIndex();
    http.put(key, Map.of("refresh", "true", "ttl", "1", "prevExist", "true"));
    long at = http.index();
    Mirroring.eventually(
        "it is gone", () -> assertThat(http.get(key, "quorum=true").status()).isEqualTo(404));
    assertThat(check(version, at)).isEqualTo(UNKNOWN);
  }

  @Test
  void anchorWithInvalidKeyIsUnknown() throws Exception {
    long at = put(prefix + "/other", "x");
    for (Bytes odd :
        List.of(
            Bytes.utf8(prefix + "/a\uFFFDb"),
            Bytes.of(new byte[] {'/', -1}),
            Bytes.utf8("no/slash"),
            Bytes.utf8("/a//b"),
            Bytes.EMPTY)) {
      assertThat(source.check(new Anchor(odd, at, at))).as("%s", odd).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void anchorIsUnknownWithoutReadPermission(@TempDir Path directory) throws Exception {
    try (EtcdServer guarded = EtcdServer.start()) {
      V2Http open = new V2Http(guarded.clientUrl());
      long version = open.put("/secret/a", "1").modifiedIndex();
      V2Http root = open.enableAuth("secret");
      root.role("reader", List.of("/public/*"), List.of());
      root.user("reader", "word", "reader");
      Path password = Files.writeString(directory.resolve("password"), "word");
      Access access = new Access("reader", password, null, null, null);
      try (V2Source limited =
          V2Source.builder().endpoints(guarded.clientUrl().toString()).access(access).build()) {
        assertThat(limited.check(new Anchor(Bytes.utf8("/secret/a"), version, version)))
            .isEqualTo(UNKNOWN);
        assertThat(limited.check(new Anchor(Bytes.utf8("/public/a"), version, version)))
            .isEqualTo(BROKEN);
        assertThat(limited.storedLinks()).isEmpty();
      }
    }
  }
}
