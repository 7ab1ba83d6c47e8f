package org.etcdmirror.core.internal.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiffTest {

  private final List<String> differences = new ArrayList<>();
  private final Shutdown shutdown = new Shutdown();
  private Diff diff = diff(MirrorScope.of("/a"), KeyModel.PATHS);

  private Diff diff(MirrorScope scope, KeyModel model) {
    KeyMapper mapper = new KeyMapper(scope, model, model, ExpiryPolicy.FOLLOW_SOURCE);
    return new Diff(mapper, entry -> !entry.key().utf8().endsWith("unholdable"), shutdown);
  }

  private static Put put(String key, String value) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), 1, null);
  }

  private static MakeDirectory directory(String key) {
    return new MakeDirectory(Bytes.utf8(key), 1, null);
  }

  private void walk(List<Entry> source, @Nullable List<Entry> sink) throws Exception {
    differences.clear();
    Diff.Visitor visitor =
        new Diff.Visitor() {
          @Override
          public void missing(Entry wanted, @Nullable Entry found) {
            differences.add((found == null ? "add " : "change ") + wanted.key());
          }

          @Override
          public void extra(Entry found) {
            differences.add("remove " + found.key());
          }
        };
    diff.walk(snapshot(source), sink == null ? null : snapshot(sink), visitor);
  }

  private static Snapshot snapshot(List<Entry> entries) {
    Queue<Entry> left = new ArrayDeque<>(entries);
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return new SourceHead("c", 1);
      }

      @Override
      public @Nullable Entry next() {
        return left.poll();
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void equalEntriesAreNoDifference() throws Exception {
    List<Entry> both = List.of(put("/a/1", "x"), directory("/a/d"), put("/a/d/2", "y"));
    walk(both, both);
    assertThat(differences).isEmpty();
    assertThat(diff.sourceEntries()).isEqualTo(3);
    assertThat(diff.sinkEntries()).isEqualTo(3);
    assertThat(diff.sourceEmpty()).isFalse();
  }

  @Test
  void eachDifferenceIsReportedInTheOrderOfKeys() throws Exception {
    walk(
        List.of(put("/a/1", "x"), put("/a/3", "new"), put("/a/5", "x"), put("/a/6", "x")),
        List.of(put("/a/2", "x"), put("/a/3", "old"), put("/a/5", "x"), put("/a/7", "x")));
    assertThat(differences)
        .containsExactly("add /a/1", "remove /a/2", "change /a/3", "add /a/6", "remove /a/7");
  }

  @Test
  void valueAndDirectoryOfOneKeyDiffer() throws Exception {
    walk(List.of(put("/a/1", ""), directory("/a/2")), List.of(directory("/a/1"), put("/a/2", "")));
    assertThat(differences).containsExactly("change /a/1", "change /a/2");
  }

  @Test
  void sinkThatCannotBeReadLacksEverything() throws Exception {
    walk(List.of(put("/a/1", "x"), put("/a/2", "x")), null);
    assertThat(differences).containsExactly("add /a/1", "add /a/2");
    assertThat(diff.sinkEntries()).isZero();
  }

  @Test
  void emptySideIsNoEnd() throws Exception {
    walk(List.of(), List.of(put("/a/1", "x"), put("/a/2", "x")));
    assertThat(differences).containsExactly("remove /a/1", "remove /a/2");
    assertThat(diff.sourceEmpty()).isTrue();
    walk(List.of(), List.of());
    assertThat(differences).isEmpty();
  }

  @Test
  void sourceOfDirectoriesAloneIsEmpty() throws Exception {
    walk(List.of(directory("/a/d")), List.of());
    assertThat(differences).containsExactly("add /a/d");
    assertThat(diff.sourceEntries()).isEqualTo(1);
    assertThat(diff.sourceEmpty()).isTrue();
  }

  @Test
  void entryThatTheSinkCannotHoldIsCountedAndNotMissing() throws Exception {
    walk(List.of(put("/a/1-unholdable", "x"), put("/a/2", "x")), List.of());
    assertThat(differences).containsExactly("add /a/2");
    assertThat(diff.sourceEntries()).isEqualTo(2);
  }

  @Test
  void keysThatAreNotTheMirrorsAreNoExtras() throws Exception {
    MirrorScope scope = MirrorScope.builder().prefix("/a").excludePrefix("/a/locks").build();
    diff = diff(scope, KeyModel.PATHS);
    walk(List.of(), List.of(put("/a/locks/1", "x"), put("/a/x", "x"), put("/b", "x")));
    assertThat(differences).containsExactly("remove /a/x");
    assertThat(diff.sinkEntries()).isEqualTo(1);
  }

  @Test
  void sourceWithoutDirectoriesSaysNothingOfThose() throws Exception {
    diff = diff(MirrorScope.of("/a"), KeyModel.BYTES);
    walk(List.of(), List.of(directory("/a/d"), put("/a/d/1", "x")));
    assertThat(differences).containsExactly("remove /a/d/1");
    assertThat(diff.sinkEntries()).isEqualTo(1);
  }

  @Test
  void keysOfSeveralRulesAreComparedInTheOrderOfTheRules() throws Exception {
    MirrorScope scope = MirrorScope.builder().rename("/z", "/y").rename("/a", "/b").build();
    diff = diff(scope, KeyModel.PATHS);
    walk(
        List.of(put("/z/1", "x"), put("/z/2", "x"), put("/a/1", "x")),
        List.of(put("/y/2", "x"), put("/b/0", "x"), put("/b/1", "x")));
    assertThat(differences).containsExactly("add /y/1", "remove /b/0");
  }

  @Test
  void walkEndsWhenTheMirrorEnds() {
    shutdown.begin();
    assertThatThrownBy(() -> walk(List.of(put("/a/1", "x")), List.of()))
        .isInstanceOf(Retry.StoppedException.class);
    assertThat(differences).isEmpty();
  }
}
