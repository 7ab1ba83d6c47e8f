package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(300)
class V3HistoryTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static SourceHistory history(V3Source source, Selection selection) {
    return V3Patience.read(() -> source.history(selection));
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void historyBeginsAfterLastCompaction(EtcdBinary binary) {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        V3Source source =
            V3Source.builder().endpoints(List.of(etcd.clientUrl().toString())).build()) {
      V3Http http = new V3Http(etcd.clientUrl());
      assertThat(history(source, CONF)).isEqualTo(new SourceHistory(1, http.revision()));
      for (int i = 0; i < 20; i++) {
        http.put("/conf/", "the key that is asked about");
        http.put("/other", "");
      }
      assertThat(history(source, CONF)).isEqualTo(new SourceHistory(1, http.revision()));
      for (long compacted : List.of(5L, 6L, http.revision())) {
        http.compact(compacted);
        SourceHistory history = new SourceHistory(compacted + 1, http.revision());
        assertThat(history(source, CONF)).isEqualTo(history);
        assertThat(history(source, Selection.of(Bytes.EMPTY))).isEqualTo(history);
        assertThatThrownBy(
                () -> {
                  try (var stream = source.open(CONF, Start.after(compacted - 1))) {
                    stream.poll(PATIENCE);
                  }
                })
            .isInstanceOf(HistoryClearedException.class);
        V3Patience.read(() -> source.open(CONF, Start.after(compacted))).close();
      }
      long written = http.put("/conf/a", "1");
      assertThat(history(source, CONF)).isEqualTo(new SourceHistory(written, written));
      etcd.restart();
      assertThat(history(source, CONF)).isEqualTo(new SourceHistory(written, written));
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void historyIsAvailableToUserWhoMayReadOnlyThePrefix(EtcdBinary binary, @TempDir Path directory)
      throws Exception {
    try (EtcdServer etcd =
        EtcdServer.builder()
            .binary(binary)
            .enableV2(false)
            .extraFlags("--auth-token-ttl=2")
            .start()) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.role("reader");
      http.grantPrefix("reader", "READ", "/conf/");
      http.user("reader", "secret", "reader");
      http.put("/conf/a", "1");
      long compacted = http.put("/conf/a", "2");
      V3Http root = http.enableAuth("secret");
      Path password = Files.writeString(directory.resolve("password"), "secret\n");
      try (V3Source source = reader(etcd, password);
          V3Source fresh = reader(etcd, password)) {
        assertThat(history(source, CONF)).isEqualTo(new SourceHistory(1, compacted));
        root.compact(compacted);
        // The servers have forgotten all tokens.
        etcd.restart();
        assertThat(history(source, CONF)).isEqualTo(new SourceHistory(compacted + 1, compacted));
        assertThatThrownBy(() -> fresh.history(Selection.of(Bytes.utf8("/other/"))))
            .isInstanceOf(PermanentException.class);
        assertThat(source.storedLinks()).isEmpty();
      }
    }
  }

  private static V3Source reader(EtcdServer etcd, Path password) {
    return V3Source.builder()
        .endpoints(etcd.clientUrl().toString())
        .access(new Access("reader", password, null, null, null))
        .build();
  }
}
