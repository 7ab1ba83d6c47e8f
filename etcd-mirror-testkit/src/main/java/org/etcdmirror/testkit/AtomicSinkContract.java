package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.AtomicSink;
import org.junit.jupiter.api.Test;

/**
 * Contract of each {@link AtomicSink}, besides {@link EventSinkContract}, {@link
 * ReadableSinkContract}, {@link IndexStoreContract} and {@link LateWritesContract}.
 */
public abstract class AtomicSinkContract extends FencingContract {

  /** For subclasses. */
  protected AtomicSinkContract() {}

  @Override
  protected abstract AtomicSink openSink() throws Exception;

  @Override
  protected final Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  @Test
  void aBatchAndItsCheckpointAreStoredTogether() throws Exception {
    LinkWriter writer = openAt(1);
    writer.commit(batch(put("/k", "1")), at(2));
    assertThat(value("/k")).isEqualTo("1");
    assertThat(stored()).contains(at(2));
  }

  @Test
  void aBatchAloneLeavesTheCheckpointAsItIs() throws Exception {
    LinkWriter writer = openAt(1);
    writer.sink().apply(batch(put("/k", "1")));
    assertThat(stored()).contains(at(1));
    LinkWriter successor = open();
    successor.sink().apply(batch(put("/k", "2")));
    assertThat(stored()).contains(at(1));
    assertThat(value("/k")).isEqualTo("2");
  }

  @Test
  void aBatchBeforeTheFirstCheckpointMakesNone() throws Exception {
    LinkWriter writer = open();
    assertThat(writer.store().load()).isEmpty();
    writer.sink().apply(batch(put("/k", "1")));
    assertThat(stored()).isEmpty();
    assertThat(writer.store().load()).isEmpty();
    writer.store().save(at(1));
    assertThat(stored()).contains(at(1));
  }

  @Test
  void savingTheSameCheckpointMovesTheFence() throws Exception {
    LinkWriter first = openAt(1);
    LinkWriter second = successorAt(1);
    first.store().save(at(1));
    isFenced(second);
  }

  @Test
  void savingWhatWasLoadedStopsTheOneBefore() throws Exception {
    LinkWriter first = openAt(1);
    LinkWriter second = successorAt(1);
    second.store().save(at(1));
    isFenced(first);
    second.commit(batch(put("/k", "second")), at(2));
    LinkWriter third = successorAt(2);
    third.store().save(at(2));
    isFenced(second);
  }
}
