package org.etcdmirror.customsink;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.customsink.Batches.ROOT;
import static org.etcdmirror.customsink.Batches.batch;
import static org.etcdmirror.customsink.Batches.delete;
import static org.etcdmirror.customsink.Batches.host;
import static org.etcdmirror.customsink.Batches.put;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class PoolFileTest {

  private Path file;
  private PoolFile sink;

  @BeforeEach
  void openSink(@TempDir Path directory) {
    file = directory.resolve("pools.json");
    sink = new PoolFile(file, ROOT);
  }

  @Test
  void fileContainsPoolsAndUnreadableKeys() throws Exception {
    String broken = ROOT + "/eqiad/appserver/nginx/mw2";
    sink.apply(batch(host("mw1", 10, "yes", 4), put(broken, "{", 5)));
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("pools"))
        .hasToString(
            "{\"eqiad\":{\"appserver\":{\"nginx\":{\"mw1\":{\"weight\":10,\"pooled\":\"yes\"}}}}}");
    assertThat(json.get("unreadable")).hasToString("{\"" + broken + "\":\"the value is no JSON\"}");
    assertThat(json.get("index").longValue()).isEqualTo(5);
  }

  @Test
  void newSinkContinuesFromTheFile() throws Exception {
    List<MirrorEvent> puts =
        List.of(
            put("/conftool/other", "kept as well", 3),
            host("mw1", 10, "yes", 4).withExpiry(Expiry.in(Duration.ofHours(1)), null),
            new Put(Bytes.utf8(ROOT + "/x"), Bytes.of(new byte[] {0, -1, '"'}), 5, null));
    sink.apply(batch(puts.toArray(MirrorEvent[]::new)));
    PoolFile other = new PoolFile(file, ROOT);
    assertThat(withoutExpiries(held(other))).isEqualTo(withoutExpiries(puts));
    Expiry expiresAt = requireNonNull(((Put) held(other).get(1)).expiresAt());
    assertThat(expiresAt.left()).isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
    other.apply(batch(delete("/conftool/other", 6)));
    assertThat(withoutExpiries(held(new PoolFile(file, ROOT))))
        .isEqualTo(withoutExpiries(puts.subList(1, 3)));
  }

  @Test
  void failedBatchIsNotShownInASnapshot() throws Exception {
    sink.apply(batch(host("mw1", 10, "yes", 4)));
    List<MirrorEvent> before = held(sink);
    Path inTheWay = Files.createDirectory(file.resolveSibling("pools.json.new"));
    assertThatThrownBy(() -> sink.apply(batch(host("mw2", 10, "yes", 5))))
        .isInstanceOf(IOException.class);
    assertThat(held(sink)).isEqualTo(before);
    assertThat(held(new PoolFile(file, ROOT))).isEqualTo(before);

    Files.delete(inTheWay);
    sink.apply(batch(host("mw2", 10, "yes", 5)));
    assertThat(held(new PoolFile(file, ROOT))).hasSize(2).isEqualTo(held(sink));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"index\":1,\"held\":[{\"key\":5}]}", "text"})
  void foreignFileIsRefusedAndLeftUnchanged(String content) throws IOException {
    Files.writeString(file, content);
    assertThatThrownBy(() -> sink.apply(batch(host("mw1", 10, "yes", 4))))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent(content);
  }

  private static List<MirrorEvent> withoutExpiries(List<MirrorEvent> puts) {
    return puts.stream().<MirrorEvent>map(put -> ((Put) put).withoutExpiry()).toList();
  }

  private static List<MirrorEvent> held(PoolFile sink) throws Exception {
    List<MirrorEvent> entries = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }
}
