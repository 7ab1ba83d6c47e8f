package org.etcdmirror.customsink;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.customsink.Batches.batch;
import static org.etcdmirror.customsink.Batches.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ServiceLoader;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class ProvidersTest {

  private static final Checkpoint AT_41 =
      new Checkpoint(41, "cluster", "scope", Instant.parse("2030-01-01T00:00:00Z"));

  private final Path directory;

  ProvidersTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit", "pools"})
  void makingASinkTouchesNoFile(String scheme) {
    try (EventSink sink = provider(scheme).createSink(settings(scheme, "file"))) {
      assertThat(sink).isNotNull();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit", "pools"})
  void theIndexIsBesideTheFile(String scheme) throws Exception {
    SinkSettings settings = settings(scheme, "file");
    try (EventSink sink = provider(scheme).createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).isEmpty();
      sink.apply(batch(host("mw1", 10, "yes", 41)));
      store.save(AT_41);
    }
    assertThat(directory.resolve("file.index")).content().contains("index=41");
    try (EventSink sink = provider(scheme).createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).contains(AT_41);
    }
  }

  @Test
  void anIndexOfPoolsThatAreNotThereAnyMoreIsNone() throws Exception {
    SinkSettings settings = settings("pools", "file");
    try (EventSink sink = provider("pools").createSink(settings);
        IndexStore store = store(sink)) {
      store.save(AT_41);
    }
    try (EventSink sink = provider("pools").createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).isEmpty();
      store.save(AT_41);
    }
  }

  @Test
  void anAuditGoesOnWhereItsFileWasMovedAway() throws Exception {
    SinkSettings settings = settings("audit", "file");
    try (EventSink sink = provider("audit").createSink(settings);
        IndexStore store = store(sink)) {
      store.save(AT_41);
      assertThat(Files.exists(directory.resolve("file"))).isFalse();
    }
    try (EventSink sink = provider("audit").createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).contains(AT_41);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit", "pools"})
  void whatAFileCannotHaveIsRefused(String scheme) {
    Access user = new Access("me", Path.of("password"), null, null, null);
    assertThatThrownBy(() -> provider(scheme).createSink(settings(scheme, "file", user, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("knows no users");
    SinkSettings keyed = settings(scheme, "file", Access.ANONYMOUS, Bytes.utf8("/key"));
    assertThatThrownBy(() -> provider(scheme).createSink(keyed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no key");
  }

  private static IndexStore store(EventSink sink) {
    return requireNonNull(sink.indexStore("any"));
  }

  private static SinkProvider provider(String scheme) {
    return ServiceLoader.load(SinkProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals(scheme))
        .findFirst()
        .orElseThrow();
  }

  private SinkSettings settings(String scheme, String name) {
    return settings(scheme, name, Access.ANONYMOUS, null);
  }

  private SinkSettings settings(
      String scheme, String name, Access access, @Nullable Bytes checkpointKey) {
    return new SinkSettings(
        new MirrorAddress(scheme, directory.resolve(name).toString()), access, checkpointKey);
  }
}
