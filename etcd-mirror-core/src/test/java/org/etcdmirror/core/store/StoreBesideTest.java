package org.etcdmirror.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.testkit.IndexStoreContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that is valid only while the data beside it exists. */
class StoreBesideTest extends IndexStoreContract {

  private final Path directory;
  private final Path data;

  StoreBesideTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.data = Files.writeString(directory.resolve("data"), "some");
  }

  @Override
  protected IndexStore openStore(int place) {
    return StoreBeside.of(data, FileIndexStore.at(directory.resolve("index" + place)));
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c", "s", Instant.EPOCH);
  }

  @Test
  void storeIsEmptyIfDataIsMissing() throws Exception {
    openStore(0).save(at(7));
    Files.delete(data);
    IndexStore next = openStore(0);
    assertThat(next.load()).isEmpty();
    next.confirm();
    next.save(at(0));
    Files.writeString(data, "new");
    assertThat(openStore(0).load()).contains(at(0));
  }

  @Test
  void confirmDetectsDataRemovedWhileRunning() throws Exception {
    IndexStore store = openStore(0);
    store.load();
    store.save(at(7));
    store.confirm();
    Files.delete(data);
    assertThatThrownBy(store::confirm)
        .isInstanceOf(SinkRolledBackException.class)
        .hasMessageContaining(data.toString());
    assertThat(store.load()).isEmpty();
    store.save(at(8));
  }
}
