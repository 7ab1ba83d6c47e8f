package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** What is too much in the sink: how much, of which kind, and in which order it can be deleted. */
class SurplusEntriesTest {

  private static final int NAMED = 20;

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
  private final CheckpointNotes notes = new CheckpointNotes(mirror.settings(), mirror.runtime());

  private SurplusEntries extras(int most) {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    Checkpoint stored =
        new Checkpoint(5, "c", null, Instant.EPOCH)
            .withNotes(CheckpointNotes.of(before.mapper(), List.of()));
    return new SurplusEntries(
        notes.expiring(), notes.formerEntries(stored), mirror.mapper().targetPrefixes(), most);
  }

  private static Put value(String key) {
    return new Put(Bytes.utf8(key), Bytes.EMPTY, 1, null);
  }

  private static MakeDirectory directory(String key) {
    return new MakeDirectory(Bytes.utf8(key), 1, null);
  }

  private static List<String> toDelete(SurplusEntries extras) {
    return extras.toDelete().stream().map(Bytes::toString).toList();
  }

  @Test
  void directoriesAreDeletedAfterWhatIsInThem() {
    SurplusEntries extras = extras(10);
    extras.add(directory("/conf/d"));
    extras.add(value("/conf/d/a"));
    extras.add(directory("/conf/d/e"));
    extras.add(value("/conf/d/e/b"));
    assertThat(toDelete(extras))
        .containsExactly("/conf/d/a", "/conf/d/e/b", "/conf/d/e", "/conf/d");
    assertThat(extras.entries()).isEqualTo(4);
    assertThat(extras.values()).isEqualTo(2);
  }

  @Test
  void directoryThatMayHoldMoreThanWasRememberedIsKept() {
    SurplusEntries extras = extras(4);
    extras.add(directory("/conf/c"));
    extras.add(value("/conf/c/a"));
    extras.add(directory("/conf/d"));
    extras.add(value("/conf/d/a"));
    assertThat(extras.areAllRemembered()).isTrue();
    extras.add(value("/conf/d/b"));
    assertThat(extras.areAllRemembered()).isFalse();
    assertThat(toDelete(extras)).containsExactly("/conf/c/a", "/conf/d/a", "/conf/c");
    assertThat(extras.entries()).isEqualTo(5);
  }

  @Test
  void nothingIsDeletedWhereNothingIsTooMuch() {
    assertThat(extras(10).toDelete()).isEmpty();
    assertThat(extras(10).areAllRemembered()).isTrue();
  }

  @Test
  void onlyTheFirstAreNamed() {
    SurplusEntries extras = extras(100);
    for (int i = 0; i <= NAMED; i++) {
      extras.add(value("/conf/" + i));
    }
    assertThat(extras.samples()).hasSize(NAMED).contains(Bytes.utf8("/conf/" + (NAMED - 1)));
  }

  @Test
  void entryThatTheSourceHasByNowIsNotTooMuch() {
    SurplusEntries extras = extras(10);
    extras.add(value("/conf/a"));
    extras.add(directory("/conf/d"));
    extras.happened(value("/conf/a"));
    extras.happened(value("/conf/other"));
    assertThat(extras.entries()).isEqualTo(1);
    assertThat(extras.values()).isZero();
    assertThat(toDelete(extras)).containsExactly("/conf/d");
    assertThat(extras.areAllRemembered()).isTrue();
    extras.happened(new Delete(Bytes.utf8("/conf/d"), 9));
    assertThat(extras.entries()).isZero();
  }

  @Test
  void refreshDoesNotSayThatTheSourceHasTheKey() {
    SurplusEntries extras = extras(10);
    extras.add(value("/conf/a"));
    extras.happened(new Refresh(Bytes.utf8("/conf/a"), 9, Expiry.in(Duration.ofHours(1)), null));
    assertThat(extras.entries()).isEqualTo(1);
  }

  @Test
  void directoryOfAPrefixIsNoData() {
    SurplusEntries extras = extras(10);
    extras.add(directory("/conf"));
    extras.add(directory("/conf/d"));
    extras.add(value("/conf/a"));
    assertThat(extras.places()).isEqualTo(1);
    extras.happened(directory("/conf"));
    assertThat(extras.places()).isZero();
  }

  @Test
  void valueAtAPrefixIsData() {
    SurplusEntries extras = extras(10);
    extras.add(value("/conf"));
    assertThat(extras.places()).isZero();
    assertThat(extras.values()).isEqualTo(1);
  }

  @Test
  void keysThatHadATimeToLiveAreCounted() {
    notes.expiring().learn(List.of(Bytes.utf8("/conf/a")), true);
    SurplusEntries extras = extras(10);
    extras.add(value("/conf/a"));
    extras.add(value("/conf/b"));
    assertThat(extras.expired()).isEqualTo(1);
    extras.happened(value("/conf/a"));
    assertThat(extras.expired()).isZero();
  }

  @Test
  void keysOfAFormerPrefixAreCountedByPrefix() {
    SurplusEntries extras = extras(10);
    extras.add(value("/old/a"));
    extras.add(value("/old/b"));
    extras.add(value("/conf/a"));
    assertThat(extras.former()).isEqualTo(Map.of(Bytes.utf8("/old"), 2L));
    extras.happened(new Delete(Bytes.utf8("/old/a"), 9));
    assertThat(extras.former()).isEqualTo(Map.of(Bytes.utf8("/old"), 1L));
    extras.happened(new Delete(Bytes.utf8("/old/b"), 9));
    assertThat(extras.former()).as("a prefix without deletes needs no approval").isEmpty();
  }
}
