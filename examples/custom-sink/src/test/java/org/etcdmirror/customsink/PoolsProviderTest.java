package org.etcdmirror.customsink;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.customsink.Batches.batch;
import static org.etcdmirror.customsink.Batches.host;

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

@Timeout(600)
class PoolsProviderTest {

  private static final Checkpoint AT_41 =
      new Checkpoint(41, "cluster", "scope", Instant.parse("2030-01-01T00:00:00Z"));

  private final Path directory;

  PoolsProviderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void makingASinkTouchesNoFile() {
    try (EventSink sink = provider().createSink(settings("file"))) {
      assertThat(sink).isNotNull();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void theIndexIsBesideTheFile() throws Exception {
    SinkSettings settings = settings("file");
    try (EventSink sink = provider().createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).isEmpty();
      sink.apply(batch(host("mw1", 10, "yes", 41)));
      store.save(AT_41);
    }
    assertThat(directory.resolve("file.index")).content().contains("index=41");
    try (EventSink sink = provider().createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).contains(AT_41);
    }
  }

  @Test
  void anIndexOfPoolsThatAreNotThereAnyMoreIsNone() throws Exception {
    SinkSettings settings = settings("file");
    try (EventSink sink = provider().createSink(settings);
        IndexStore store = store(sink)) {
      store.save(AT_41);
    }
    try (EventSink sink = provider().createSink(settings);
        IndexStore store = store(sink)) {
      assertThat(store.load()).isEmpty();
      store.save(AT_41);
    }
  }

  @Test
  void whatAFileCannotHaveIsRefused() {
    Access user = new Access("me", Path.of("password"), null, null, null);
    assertThatThrownBy(() -> provider().createSink(settings("file", user, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("knows no users");
    SinkSettings keyed = settings("file", Access.ANONYMOUS, Bytes.utf8("/key"));
    assertThatThrownBy(() -> provider().createSink(keyed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no key");
  }

  private static IndexStore store(EventSink sink) {
    return requireNonNull(sink.indexStore("any"));
  }

  private static SinkProvider provider() {
    return ServiceLoader.load(SinkProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals("pools"))
        .findFirst()
        .orElseThrow();
  }

  private SinkSettings settings(String name) {
    return settings(name, Access.ANONYMOUS, null);
  }

  private SinkSettings settings(String name, Access access, @Nullable Bytes checkpointKey) {
    return new SinkSettings(
        new MirrorAddress("pools", directory.resolve(name).toString()), access, checkpointKey);
  }
}
