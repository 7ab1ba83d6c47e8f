package org.etcdmirror.core.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.testkit.EventSinkContract;
import org.junit.jupiter.api.Test;

class LiveSinkTest extends EventSinkContract {

  private final LiveSink<String> sink = sink();

  static LiveSink<String> sink() {
    return new LiveSink<>(
        new Decoding<>(Decoder.utf8(), bad -> Optional.empty()), new Notifier<>(List.of()));
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return sink();
  }

  private static Checkpoint level(long index) {
    return new Checkpoint(index, "cluster", null, Instant.EPOCH);
  }

  private static EventBatch batch(long index, MirrorEvent... events) {
    return EventBatch.of(List.of(events), index, index);
  }

  private static Put put(String key, String value, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  private static Map<Bytes, String> holding(String key, String value) {
    return Map.of(Bytes.utf8(key), value);
  }

  @Test
  void aPartOfAResyncIsNotShownBeforeTheCheckpointIsLevel() throws InterruptedException {
    sink.apply(batch(1, put("/a", "1", 1)), level(1));
    LiveView<String> before = sink.view();
    sink.apply(batch(5, put("/a", "2", 4)));
    Checkpoint doubted =
        level(5).withNotes(Map.of("must-compare", "FORCED at index 1 since 2026-01-01T00:00:00Z"));
    sink.save(doubted);
    sink.apply(batch(6, put("/b", "3", 6)), doubted);
    assertThat(sink.view()).isSameAs(before);
    sink.save(level(6));
    assertThat(sink.view().index()).isEqualTo(6);
    assertThat(sink.view().entries())
        .isEqualTo(Map.of(Bytes.utf8("/a"), "2", Bytes.utf8("/b"), "3"));
    assertThat(before.entries()).isEqualTo(holding("/a", "1"));
  }

  @Test
  void aTreeDeleteTakesWhatIsBelowAndAPutBehindItCounts() throws InterruptedException {
    sink.apply(
        batch(1, put("/a", "1", 1), put("/a/b", "1", 1), put("/a/c", "1", 1), put("/a0", "1", 1)),
        level(1));
    sink.apply(batch(3, new DeleteTree(Bytes.utf8("/a"), 2), put("/a/b", "1", 3)), level(3));
    assertThat(sink.view().entries()).containsOnlyKeys(Bytes.utf8("/a/b"), Bytes.utf8("/a0"));
  }

  @Test
  void aBatchWithoutChangesMovesTheIndexAlone() throws InterruptedException {
    sink.apply(batch(1, put("/a", "1", 1)), level(1));
    sink.save(level(9));
    assertThat(sink.view().index()).isEqualTo(9);
    assertThat(sink.view().entries()).isEqualTo(holding("/a", "1"));
  }

  @Test
  void theSameBytesAreNotDecodedAgain() throws InterruptedException {
    sink.apply(batch(1, put("/a", "1", 1)), level(1));
    String decoded = sink.view().get("/a").orElseThrow();
    sink.apply(batch(2, put("/a", "1", 2)), level(2));
    assertThat(sink.view().get("/a").orElseThrow()).isSameAs(decoded);
    sink.apply(batch(3, new Delete(Bytes.utf8("/a"), 3)), level(3));
    sink.apply(batch(4, put("/a", "1", 4)), level(4));
    assertThat(sink.view().get("/a")).contains("1");
  }
}
