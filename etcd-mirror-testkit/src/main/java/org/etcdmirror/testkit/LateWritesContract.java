package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Contract of each sink whose requests travel: a request whose answer was lost may be executed
 * after newer writes. Then it changes nothing ({@link Fencing#EACH_WRITE}), or changes only what
 * the sink has named, so that the mirror can repair it ({@link Fencing#CHECKPOINT_ONLY}). A sink
 * that writes to memory or to a local file has no such requests.
 */
@Timeout(600)
public abstract class LateWritesContract extends LinkFixture {

  private static final int MANY = 40;

  /** For subclasses. */
  protected LateWritesContract() {}

  /**
   * Whether requests that write are held back from now on: the server does not see them yet, and
   * their sender learns that the connection is lost. Requests that read are answered as always.
   */
  protected abstract void holdWrites(boolean on) throws Exception;

  /**
   * Has the server execute what was held back, and waits until it has done so.
   *
   * @return how many requests these were
   */
  protected abstract int executeHeldWrites() throws Exception;

  @Test
  void aLatePutDoesNotReplaceANewerValueUnnoticed() throws Exception {
    isSettled(batch(put("/k", "old")), batch(put("/k", "new")));
  }

  @Test
  void aLateDeleteDoesNotRemoveANewerValueUnnoticed() throws Exception {
    isSettled(batch(delete("/k")), batch(put("/k", "new")));
  }

  @Test
  void aLatePutDoesNotReturnADeletedKeyUnnoticed() throws Exception {
    isSettled(batch(put("/d/k", "old")), batch(delete("/d/k")));
  }

  @Test
  void aLateTreeDeleteDoesNotRemoveNewerValuesUnnoticed() throws Exception {
    isSettled(batch(deleteTree("/d")), batch(put("/d/k", "new"), put("/d/e/f", "new")));
  }

  @Test
  void noneOfManyLateWritesIsUnnoticed() throws Exception {
    List<MirrorEvent> old = new ArrayList<>();
    List<MirrorEvent> newer = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      old.add(put("/many/" + i, "old"));
      newer.add(put("/many/" + i, "new"));
    }
    isSettled(batch(old), batch(newer));
  }

  @Test
  void aLateWriteDoesNotHarmASuccessorUnnoticed() throws Exception {
    LinkWriter killed = begun();
    IOException lost = lost(() -> killed.sink().apply(batch(put("/k", "old"))));
    LinkWriter successor = successorAt(1);
    successor.sink().apply(batch(put("/k", "new")));
    executedLate(successor, lost);
    successor.store().save(at(2));
    assertThat(stored()).contains(at(2));
  }

  @Test
  void aLateBatchDoesNotMoveTheCheckpoint() throws Exception {
    LinkWriter writer = begun();
    IOException lost = lost(() -> writer.commit(batch(put("/k", "old")), at(2)));
    writer.sink().apply(batch(put("/k", "new")));
    executedLate(writer, lost);
    assertThat(stored()).contains(at(1));
    writer.commit(batch(put("/k", "newest")), at(3));
    assertThat(stored()).contains(at(3));
    assertThat(value("/k")).isEqualTo("newest");
  }

  @Test
  void aLateSaveDoesNotSetTheCheckpointBack() throws Exception {
    LinkWriter writer = begun();
    assertThat(held(() -> writer.store().save(at(2)))).isInstanceOf(IOException.class);
    writer.store().save(at(2));
    writer.store().save(at(3));
    assertThat(executeHeldWrites()).as("writes that were held back").isPositive();
    assertThat(stored()).contains(at(3));
    writer.store().save(at(4));
    assertThat(stored()).contains(at(4));
  }

  /** The engine repeats the batch, after it has stored what the lost write touches. */
  @Test
  void aLostWriteIsNotSentAgainByTheSink() throws Exception {
    LinkWriter writer = begun();
    Map<Bytes, Bytes> before = values();
    lost(() -> writer.sink().apply(batch(put("/k", "old"), put("/other", "old"))));
    assertThat(values()).isEqualTo(before);
  }

  @Test
  void theServerOfALostWriteAnswersAgain() throws Exception {
    LinkWriter writer = begun();
    IOException lost = lost(() -> writer.sink().apply(batch(put("/k", "old"))));
    assertThat(executeHeldWrites()).as("writes that were held back").isPositive();
    for (Touched touched : touched(lost)) {
      while (!writer.sink().answers(touched.endpoint())) {
        // It returns within a second; the time limit of the contract ends this.
      }
    }
    writer.commit(batch(put("/k", "new")), at(2));
    assertThat(value("/k")).isEqualTo("new");
  }

  /** A link at index 1, with some values. */
  private LinkWriter begun() throws Exception {
    LinkWriter writer = openAt(1);
    writer.sink().apply(batch(put("/k", "before"), put("/d/k", "before"), put("/d/x", "before")));
    return writer;
  }

  private void isSettled(EventBatch old, EventBatch newer) throws Exception {
    LinkWriter writer = begun();
    IOException lost = lost(() -> writer.sink().apply(old));
    writer.sink().apply(newer);
    executedLate(writer, lost);
  }

  /** Has the lost write executed now, behind all others. */
  private void executedLate(LinkWriter writer, IOException lost) throws Exception {
    Map<Bytes, Bytes> wanted = values();
    assertThat(executeHeldWrites()).as("writes that were held back").isPositive();
    Set<Bytes> changed = differing(wanted, values());
    assertThat(changed)
        .as("keys that the late write changed, and that %s did not name", lost)
        .allMatch(key -> touched(lost).stream().anyMatch(touched -> covers(touched, key)));
    if (fencing() == Fencing.EACH_WRITE) {
      assertThat(changed).as("keys that the late write changed").isEmpty();
    } else {
      assertThat(changed).as("keys that the late write changed as it was executed").isNotEmpty();
      writer.sink().apply(batch(changed.stream().map(key -> repair(key, wanted)).toList()));
      assertThat(values()).isEqualTo(wanted);
    }
  }

  /** Makes a write whose answer is lost, and returns how the sink reports it. */
  private IOException lost(ThrowingCallable write) throws Exception {
    Throwable thrown = held(write);
    assertThat(thrown).as("answer of a write that was held back").isInstanceOf(IOException.class);
    if (fencing() == Fencing.EACH_WRITE) {
      assertThat(thrown).isNotInstanceOf(OutcomeUnknownException.class);
    } else {
      assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
    }
    return (IOException) thrown;
  }

  private Throwable held(ThrowingCallable write) throws Exception {
    holdWrites(true);
    try {
      return catchThrowable(write);
    } finally {
      holdWrites(false);
    }
  }

  private static List<Touched> touched(IOException lost) {
    return lost instanceof OutcomeUnknownException unknown ? unknown.touched() : List.of();
  }

  private static boolean covers(Touched touched, Bytes key) {
    return touched.tree() ? KeyModel.PATHS.covers(touched.key(), key) : touched.key().equals(key);
  }

  private static Set<Bytes> differing(Map<Bytes, Bytes> wanted, Map<Bytes, Bytes> found) {
    Set<Bytes> keys = new HashSet<>(wanted.keySet());
    keys.addAll(found.keySet());
    keys.removeIf(key -> Objects.equals(wanted.get(key), found.get(key)));
    return keys;
  }

  private static MirrorEvent repair(Bytes key, Map<Bytes, Bytes> wanted) {
    Bytes value = wanted.get(key);
    return value == null
        ? new MirrorEvent.Delete(key, 1)
        : new MirrorEvent.Put(key, value, 1, null);
  }
}
