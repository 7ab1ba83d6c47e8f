package org.etcdmirror.core.internal.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.FakeIdentifiedSink;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.core.store.StoreBeside;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index store is refused if its index can outlive the data or is not tied to it. */
class StorePairingTest {

  private final Path directory;

  StorePairingTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static EtcdMirror mirror(EventSink sink, IndexStore store) {
    return EtcdMirror.builder()
        .source(new FakeSource(KeyModel.PATHS))
        .sink(sink)
        .indexStore(store)
        .scope(MirrorScope.of("/conf"))
        .build();
  }

  private FileIndexStore file() {
    return FileIndexStore.at(directory.resolve("index"));
  }

  @Test
  void inMemorySinkNeedsInMemoryIndex() {
    assertThatThrownBy(() -> mirror(InMemorySink.paths(), file()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("InMemorySink loses its data")
        .hasMessageContaining("FileIndexStore does not");
    assertThatThrownBy(
            () -> mirror(InMemorySink.paths(), StoreBeside.of(directory.resolve("data"), file())))
        .isInstanceOf(IllegalArgumentException.class);
    mirror(InMemorySink.paths(), new InMemoryIndexStore()).close();
    mirror(
            InMemorySink.paths(),
            StoreBeside.of(directory.resolve("data"), new InMemoryIndexStore()))
        .close();
  }

  @Test
  void aDurableSinkNeedsAnIndexWithItsDataOrAnIdentity() {
    assertThatThrownBy(() -> mirror(new FakeSink(KeyModel.PATHS), file()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("FileIndexStore", "FakeSink", "StoreBeside", "IdentifiedSink");
    mirror(new FakeSink(KeyModel.PATHS), new InMemoryIndexStore()).close();
    mirror(new FakeSink(KeyModel.PATHS), StoreBeside.of(directory.resolve("data"), file())).close();
    mirror(new FakeIdentifiedSink(), file()).close();
  }

  @Test
  void fileStoreIsApartAndStoreBesideIsWithData() {
    assertThat(file().place()).isEqualTo(IndexStore.Place.APART);
    assertThat(StoreBeside.of(directory, file()).place()).isEqualTo(IndexStore.Place.WITH_DATA);
  }
}
