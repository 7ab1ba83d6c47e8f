package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A batch is written whole, but for what the sink refuses and the mirror may leave out. */
class ResyncBatchTest {

  private static final int MOST_EVENTS = 1000;
  private static final int MIB = 1 << 20;

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.BYTES, KeyModel.PATHS);
  private final List<EventBatch> written = new ArrayList<>();
  private final List<Refusal> told = new ArrayList<>();

  /** What the sink refuses as long as it is given that. */
  private @Nullable Refusal refusal;

  private boolean refusesAlways;

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.utf8("v"), 3, null);
  }

  private ResyncBatch batch(UnsupportedEntries option, Resync.@Nullable Writer writer) {
    mirror.unsupportedEntries = option;
    mirror.listener =
        new MirrorListener() {
          @Override
          public void onUnsupportedEntry(Refusal refusal) {
            told.add(refusal);
          }
        };
    return new ResyncBatch(new EntryCheck(mirror.settings(), mirror.runtime()), writer);
  }

  private ResyncBatch batch(UnsupportedEntries option) {
    return batch(option, this::write);
  }

  private void write(EventBatch batch) {
    Refusal now = refusal;
    if (now != null && (refusesAlways || isGiven(batch, now))) {
      throw new UnsupportedEntryException(List.of(now));
    }
    written.add(batch);
  }

  private static boolean isGiven(EventBatch batch, Refusal refusal) {
    return batch.events().stream()
        .anyMatch(event -> event instanceof Put && event.key().equals(refusal.key()));
  }

  private List<MirrorEvent> events() {
    return written.stream().flatMap(one -> one.events().stream()).toList();
  }

  @Test
  void entriesAreWrittenOnceAtTheIndexThatTheyWereReadAt() throws Exception {
    ResyncBatch batch = batch(UnsupportedEntries.FAIL);
    batch.add(put("/a"));
    batch.add(put("/b"));
    batch.flush(7);
    batch.flush(8);
    assertThat(written)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seenNanos")
        .containsExactly(EventBatch.of(List.of(put("/a"), put("/b")), 7, 7));
  }

  @Test
  void batchIsFullAtItsNumberOfEvents() throws Exception {
    ResyncBatch batch = batch(UnsupportedEntries.FAIL);
    for (int i = 1; i < MOST_EVENTS; i++) {
      batch.add(put("/" + i));
    }
    assertThat(batch.isFull()).isFalse();
    batch.add(put("/last"));
    assertThat(batch.isFull()).isTrue();
    batch.flush(7);
    assertThat(batch.isFull()).isFalse();
  }

  @Test
  void batchIsFullAtItsBytes() throws Exception {
    ResyncBatch batch = batch(UnsupportedEntries.FAIL);
    batch.add(new Put(Bytes.utf8("/a"), Bytes.of(new byte[MIB - 3]), 3, null));
    assertThat(batch.isFull()).isFalse();
    batch.add(new Delete(Bytes.utf8("/"), 3));
    assertThat(batch.isFull()).isTrue();
    batch.flush(7);
    batch.add(put("/b"));
    assertThat(batch.isFull()).as("bytes are counted anew").isFalse();
  }

  @Test
  void passThatOnlyLooksHasNoWriter() {
    assertThat(batch(UnsupportedEntries.FAIL, null).isWritten()).isFalse();
    assertThat(batch(UnsupportedEntries.FAIL).isWritten()).isTrue();
  }

  @Test
  void entryThatClashesIsLeftToTheEndOfThePass() throws Exception {
    refusal = new Refusal(Bytes.utf8("/a/b"), "in the way", Bytes.utf8("/a"));
    ResyncBatch batch = batch(UnsupportedEntries.FAIL);
    batch.add(put("/a/b"));
    batch.add(put("/c"));
    batch.flush(7);
    assertThat(events()).containsExactly(put("/c"));
    assertThat(batch.refused().all()).containsExactly(refusal);
    assertThat(told).as("it may be held yet").isEmpty();
  }

  @Test
  void entryThatCanNeverBeHeldEndsTheResync() {
    refusal = new Refusal(Bytes.utf8("/a"), "too large");
    ResyncBatch batch = batch(UnsupportedEntries.FAIL);
    batch.add(put("/a"));
    batch.add(put("/c"));
    assertThatThrownBy(() -> batch.flush(7)).isInstanceOf(UnsupportedEntryException.class);
    assertThat(events()).isEmpty();
    assertThat(told).containsExactly(refusal);
    assertThat(batch.refused().count()).isZero();
  }

  @Test
  void entryThatMayBeLeftOutLeavesNoOlderValue() throws Exception {
    refusal = new Refusal(Bytes.utf8("/a"), "too large");
    ResyncBatch batch = batch(UnsupportedEntries.SKIP);
    batch.add(put("/a"));
    batch.add(put("/c"));
    batch.flush(7);
    assertThat(events()).containsExactly(new Delete(Bytes.utf8("/a"), 3), put("/c"));
    assertThat(batch.refused().all()).containsExactly(refusal);
  }

  @Test
  void sinkThatRefusesWhatItWasNotGivenEndsTheResync() {
    refusal = new Refusal(Bytes.utf8("/other"), "too large");
    refusesAlways = true;
    ResyncBatch batch = batch(UnsupportedEntries.SKIP);
    batch.add(put("/c"));
    assertThatThrownBy(() -> batch.flush(7)).isInstanceOf(UnsupportedEntryException.class);
  }
}
