package org.etcdmirror.core.internal.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.NewestPuts.Version;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MappedSnapshotTest {

  private static final Expiry SOON = Expiry.in(Duration.ofHours(1));

  /** Turns the names of keys around, so that their order changes. */
  private static final Transform REVERSED =
      new Transform() {
        @Override
        public String identity() {
          return "reversed";
        }

        @Override
        public List<Bytes> keys(Bytes key) {
          return List.of(reversed(key));
        }

        @Override
        public List<Put> apply(Put put) {
          return List.of(put.withKey(reversed(put.key())));
        }
      };

  private final List<String> calls = new ArrayList<>();

  private static Bytes reversed(Bytes key) {
    String name = key.utf8().substring(3);
    return Bytes.utf8("/a/" + new StringBuilder(name).reverse());
  }

  private static KeyMapper mapper(MirrorScope scope) {
    return new KeyMapper(scope, KeyModel.PATHS, KeyModel.PATHS, ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static Put put(String key, long index, @Nullable Expiry expiry) {
    return new Put(Bytes.utf8(key), Bytes.utf8("v"), index, expiry);
  }

  private Snapshot source(Entry... entries) {
    Queue<Entry> left = new ArrayDeque<>(List.of(entries));
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return new SourceHead("c", 9);
      }

      @Override
      public @Nullable Entry next() {
        return left.poll();
      }

      @Override
      public void close() {
        calls.add("close");
      }
    };
  }

  private static List<String> keys(Snapshot snapshot) throws Exception {
    List<String> keys = new ArrayList<>();
    for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
      keys.add(entry.key().utf8());
    }
    return keys;
  }

  private Found read(KeyMapper mapper, Entry... entries) throws Exception {
    Found found = new Found(mapper);
    keys(new MappedSnapshot(source(entries), mapper, found, () -> {}));
    return found;
  }

  @Test
  void entriesInScopeComeUnderTheSinksKeys() throws Exception {
    KeyMapper mapper = mapper(MirrorScope.builder().rename("/a", "/b").build());
    Snapshot snapshot =
        new MappedSnapshot(
            source(put("/a/1", 1, null), put("/x", 2, null), put("/a/2", 3, null)), mapper);
    assertThat(snapshot.head()).isEqualTo(new SourceHead("c", 9));
    assertThat(keys(snapshot)).containsExactly("/b/1", "/b/2");
    snapshot.close();
    assertThat(calls).containsExactly("close");
  }

  @Test
  void renamedKeysAreSortedAndEventsComeBetweenThem() throws Exception {
    KeyMapper mapper = mapper(MirrorScope.builder().prefix("/a").transform(REVERSED).build());
    Snapshot snapshot =
        new MappedSnapshot(
            source(put("/a/1z", 1, null), put("/a/2a", 2, null)),
            mapper,
            new Found(mapper),
            () -> calls.add("between"));
    assertThat(keys(snapshot)).containsExactly("/a/a2", "/a/z1");
    assertThat(calls).containsExactly("between", "between", "between");
  }

  @Test
  void newestPutIsFoundEvenIfItIsNotMirrored() throws Exception {
    KeyMapper mapper = mapper(MirrorScope.builder().prefix("/a").excludePrefix("/a/x").build());
    Found found =
        read(
            mapper,
            put("/a/1", 3, null),
            put("/a/x/2", 7, null),
            new MakeDirectory(Bytes.utf8("/a/d"), 8, null));
    assertThat(found.newestPut()).isEqualTo(7);
    assertThat(found.newest().get()).containsExactly(new Version(Bytes.utf8("/a/1"), 3, true));
  }

  @Test
  void keyThatMayExpireByItselfOrWithItsDirectoryDoesNotLast() throws Exception {
    KeyMapper mapper = mapper(MirrorScope.of("/a"));
    Found found =
        read(
            mapper,
            put("/a/1", 1, SOON),
            put("/a/3", 5, Expiry.UNTOLD),
            new MakeDirectory(Bytes.utf8("/a/d"), 2, SOON),
            put("/a/d/2", 3, null),
            put("/a/e", 4, null));
    assertThat(found.expiring())
        .containsExactlyInAnyOrder(
            ExpiringKeys.hash(Bytes.utf8("/a/1")),
            ExpiringKeys.hash(Bytes.utf8("/a/3")),
            ExpiringKeys.hash(Bytes.utf8("/a/d")));
    assertThat(found.newest().get())
        .containsExactlyInAnyOrder(
            new Version(Bytes.utf8("/a/3"), 5, false),
            new Version(Bytes.utf8("/a/d/2"), 3, false),
            new Version(Bytes.utf8("/a/e"), 4, true));
  }
}
