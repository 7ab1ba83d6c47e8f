package org.etcdmirror.v2.internal.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The source lists the indexes of other links that are stored in its cluster. */
@Timeout(600)
class V2StoredLinksTest {

  private static final Instant WHEN = Instant.parse("2026-01-02T03:04:05Z");

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static V2Source source(EtcdServer etcd, Access access) {
    return V2Source.builder().endpoints(etcd.clientUrl().toString()).access(access).build();
  }

  private static void save(EtcdServer etcd, String link, Checkpoint checkpoint) throws Exception {
    try (V2IndexStore store = V2IndexStore.open(List.of(etcd.clientUrl().toString()), link)) {
      store.save(checkpoint);
    }
  }

  private static StoredLink link(String key, Checkpoint checkpoint) {
    return new StoredLink(Bytes.utf8(key), checkpoint);
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void storedLinksReturnsEachIndexWithItsDescription(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Source source = source(etcd, Access.ANONYMOUS)) {
      assertThat(source.storedLinks()).as("nothing is there").isEmpty();
      Checkpoint one =
          new Checkpoint(7, "c1", "s1", WHEN, 0, Map.of("scope", "/a -> /b", "ended", "x"));
      Checkpoint other = new Checkpoint(8, "c2", null, WHEN);
      Checkpoint everything = new Checkpoint(9, "c3", "s3", WHEN);
      save(etcd, "/conftool", one);
      save(etcd, "/a/b c", other);
      save(etcd, "/", everything);
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/__replication/bare", "3020127");
      http.put("/__replication/garbage", "what is this");
      http.put("/__replication/negative", "-1");
      http.put("/__replication/described", "5");
      http.put("/__replication/__meta__described", "unknown");
      http.put("/__replication/empty", Map.of("dir", "true"));
      assertThat(source.storedLinks())
          .containsExactlyInAnyOrder(
              link("/__replication/conftool", one),
              link("/__replication/a/b c", other),
              link("/__replication/__ROOT__", everything),
              link("/__replication/bare", new Checkpoint(3_020_127, null, null, Instant.EPOCH)));
    }
  }

  @Test
  void storedLinksOmitsIndexesThatUserMayNotRead(@TempDir Path directory) throws Exception {
    try (EtcdServer etcd = EtcdServer.start()) {
      Checkpoint one = new Checkpoint(7, "c1", "s1", WHEN);
      save(etcd, "/conftool", one);
      save(etcd, "/", one);
      V2Http root = new V2Http(etcd.clientUrl()).enableAuth("secret");
      root.role("outsider", List.of("/conf/*"), List.of());
      root.role("insider", List.of("/__replication/*"), List.of());
      root.user("outsider", "word", "outsider");
      root.user("insider", "word", "insider");
      try (V2Source outside = source(etcd, user("outsider", directory));
          V2Source inside = source(etcd, user("insider", directory))) {
        assertThat(outside.storedLinks()).isEmpty();
        assertThat(inside.storedLinks())
            .containsExactlyInAnyOrder(
                link("/__replication/conftool", one), link("/__replication/__ROOT__", one));
      }
    }
  }

  private static Access user(String name, Path directory) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "word");
    return new Access(name, password, null, null, null);
  }
}
