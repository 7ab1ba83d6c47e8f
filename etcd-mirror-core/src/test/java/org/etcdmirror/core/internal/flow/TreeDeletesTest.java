package org.etcdmirror.core.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.Test;

class TreeDeletesTest {

  private static final Expiry SOON = Expiry.in(Duration.ofSeconds(600));

  private final InMemorySink sink = InMemorySink.paths();
  private final TreeDeletes deletes =
      new TreeDeletes(
          sink,
          new KeyMapper(
              MirrorScope.builder()
                  .prefix("/conf")
                  .exclude(Pattern.compile("/conf/(.*/)?own(/.*)?"))
                  .build(),
              KeyModel.PATHS,
              KeyModel.PATHS,
              ExpiryPolicy.COPY));

  private static Bytes key(String path) {
    return Bytes.utf8(path);
  }

  private static Put put(String path) {
    return new Put(key(path), key("v"), 1, null);
  }

  private static MakeDirectory expiring(String path) {
    return new MakeDirectory(key(path), 1, SOON);
  }

  private static DeleteTree deleted(String path) {
    return new DeleteTree(key(path), 1);
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 1, 1);
  }

  private List<String> apply(MirrorEvent... events) throws IOException, InterruptedException {
    EventBatch expanded = deletes.expand(batch(events));
    sink.apply(expanded);
    return expanded.events().stream()
        .map(event -> event.getClass().getSimpleName() + " " + event.key())
        .toList();
  }

  /** What the sink holds, and whether it expires. */
  private Map<String, Boolean> held() throws IOException, InterruptedException {
    Map<String, Boolean> held = new TreeMap<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(key("/conf")))) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        held.put(entry.key().toString(), entry.expiresAt() != null);
      }
    }
    return held;
  }

  @Test
  void keyThatIsWrittenLaterIsNotDeletedBefore() throws Exception {
    sink.apply(batch(put("/conf/d/a"), put("/conf/d/b")));
    assertThat(apply(deleted("/conf/d"), put("/conf/d/b")))
        .containsExactly("Delete /conf/d/a", "Delete /conf/d", "Put /conf/d/b");
  }

  @Test
  void directoryThatComesBackHasNoExpiry() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/e/a"), put("/conf/d/e/b")));
    apply(deleted("/conf/d"), put("/conf/d/e/b"));
    assertThat(held())
        .isEqualTo(
            Map.of("/conf", false, "/conf/d", false, "/conf/d/e", false, "/conf/d/e/b", false));
  }

  @Test
  void directoryInsideThatComesBackHasNoExpiry() throws Exception {
    sink.apply(batch(put("/conf/d/x"), expiring("/conf/d/e"), put("/conf/d/e/a")));
    assertThat(apply(deleted("/conf/d"), put("/conf/d/e/a"), put("/conf/d/x")))
        .as("what is outside of it is not deleted")
        .doesNotContain("Delete /conf/d/x");
    assertThat(held()).containsEntry("/conf/d/e", false).containsEntry("/conf/d/e/a", false);
  }

  @Test
  void impliedDirectoryThatComesBackHasNoExpiry() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/a")));
    apply(deleted("/conf/d"), MakeDirectory.implied(key("/conf/d"), 1));
    assertThat(held()).isEqualTo(Map.of("/conf", false, "/conf/d", false));
  }

  @Test
  void directoryThatIsMadeAnewGetsItsNewExpiryAlone() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/a")));
    assertThat(apply(deleted("/conf/d"), expiring("/conf/d"), put("/conf/d/a")))
        .containsExactly(
            "Delete /conf/d/a", "Delete /conf/d", "MakeDirectory /conf/d", "Put /conf/d/a");
    assertThat(held()).containsEntry("/conf/d", true);
  }

  @Test
  void directoryThatKeepsExcludedKeysLosesItsExpiryWhenItComesBack() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/own"), put("/conf/d/a")));
    apply(deleted("/conf/d"), put("/conf/d/a"));
    assertThat(held())
        .isEqualTo(
            Map.of("/conf", false, "/conf/d", false, "/conf/d/own", false, "/conf/d/a", false));
  }

  @Test
  void directoryWithExpiryGoesAlsoBehindDeleteOfTreeInIt() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/e/a")));
    apply(deleted("/conf/d/e"), deleted("/conf/d"), put("/conf/d/e/a"));
    assertThat(held()).containsEntry("/conf/d", false).containsEntry("/conf/d/e/a", false);
  }

  @Test
  void directoryThatStaysAwayIsGone() throws Exception {
    sink.apply(batch(expiring("/conf/d"), put("/conf/d/a"), put("/conf/b")));
    assertThat(apply(deleted("/conf/d"), put("/conf/b")))
        .containsExactly("Delete /conf/d/a", "Delete /conf/d", "Put /conf/b");
  }
}
