package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Contract of each sink that keeps its link's checkpoint: of two mirrors on one link, the newer one
 * wins, and the older one ends. How much is refused to the older one depends on {@link #fencing}.
 * Extend {@link AtomicSinkContract} for an {@link org.etcdmirror.api.AtomicSink}.
 */
@Timeout(600)
public abstract class FencingContract extends LinkFixture {

  /** For subclasses. */
  protected FencingContract() {}

  /** What is refused to an older mirror, and changes nothing; also when it tries again. */
  final void isFenced(LinkWriter older) throws Exception {
    Optional<Checkpoint> checkpoint = stored();
    Map<Bytes, Bytes> values = values();
    for (int i = 0; i < 2; i++) {
      if (fencing() == Fencing.EACH_WRITE) {
        assertThatThrownBy(() -> older.sink().apply(batch(put("/k", "stale"), put("/stale", "1"))))
            .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> older.sink().apply(batch(deleteTree("/first"), delete("/k"))))
            .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> older.commit(batch(put("/k", "stale")), at(99)))
            .isInstanceOf(FencedException.class);
      }
      assertThatThrownBy(() -> older.store().save(at(99))).isInstanceOf(FencedException.class);
      assertThat(stored()).isEqualTo(checkpoint);
      assertThat(values()).isEqualTo(values);
    }
  }

  /** The least that a newer mirror writes until the older one is refused. */
  private void firstWrite(LinkWriter newer, long index) throws Exception {
    newer.sink().apply(batch(put("/k", "newer")));
    if (fencing() == Fencing.CHECKPOINT_ONLY) {
      newer.store().save(at(index));
    }
  }

  @Test
  void theFirstWriteOfASuccessorStopsTheOneBefore() throws Exception {
    LinkWriter older = openAt(1);
    older.sink().apply(batch(put("/k", "older")));
    LinkWriter newer = successorAt(1);
    firstWrite(newer, 2);
    isFenced(older);
    newer.commit(batch(put("/k", "third")), at(3));
    assertThat(value("/k")).isEqualTo("third");
    assertThat(stored()).contains(at(3));
  }

  @Test
  void theFirstWriteOfASuccessorStopsTheOneBeforeInAFirstCopyToo() throws Exception {
    LinkWriter older = open();
    LinkWriter newer = open();
    assertThat(older.store().load()).isEmpty();
    older.sink().apply(batch(put("/k", "older")));
    assertThat(newer.store().load()).isEmpty();
    firstWrite(newer, 2);
    isFenced(older);
    assertThat(value("/k")).isEqualTo("newer");
  }

  @Test
  void theFirstWriteOfASuccessorStopsTheOneBeforeInTheMiddleOfAResync() throws Exception {
    LinkWriter older = openAt(1);
    for (int part = 0; part < 3; part++) {
      older.sink().apply(batch(put("/part" + part, "older")));
    }
    LinkWriter newer = successorAt(1);
    firstWrite(newer, 2);
    isFenced(older);
    newer.sink().apply(batch(delete("/part1"), put("/part2", "newer")));
    isFenced(older);
    assertThat(value("/part2")).isEqualTo("newer");
    newer.store().save(at(3));
    assertThat(stored()).contains(at(3));
  }

  @Test
  void theCheckpointAloneStopsTheOneBefore() throws Exception {
    LinkWriter older = openAt(1);
    LinkWriter newer = successorAt(1);
    newer.store().save(at(2));
    isFenced(older);
    newer.commit(batch(put("/k", "newer")), at(3));
    isFenced(older);
    assertThat(stored()).contains(at(3));
  }

  @Test
  void whatWasLoadedBeforeAnotherWroteIsStale() throws Exception {
    LinkWriter early = open();
    assertThat(early.store().load()).isEmpty();
    LinkWriter other = openAt(1);
    other.sink().apply(batch(put("/k", "other")));
    isFenced(early);
    assertThat(value("/k")).isEqualTo("other");
  }

  @Test
  void aCheckpointThatMovedAfterTheLoadIsRefusedAndCanBeLoadedAgain() throws Exception {
    LinkWriter first = openAt(1);
    LinkWriter second = successorAt(1);
    first.store().save(at(2));
    assertThatThrownBy(() -> second.store().save(at(3))).isInstanceOf(FencedException.class);
    assertThat(second.store().load()).contains(at(2));
    second.store().save(at(3));
    isFenced(first);
  }
}
