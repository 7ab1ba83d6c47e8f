package org.etcdmirror.core.internal.unsupported;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the sink cannot hold, why, and who is told of it. */
class EntryCheckTest {

  private static final int TOLD = 10_000;

  private final List<Refusal> told = new ArrayList<>();

  private UnstartedMirror mirror(KeyModel source, KeyModel sink) {
    return listened(new UnstartedMirror(source, sink));
  }

  private UnstartedMirror listened(UnstartedMirror mirror) {
    mirror.listener =
        new MirrorListener() {
          @Override
          public void onUnsupportedEntry(Refusal refusal) {
            told.add(refusal);
          }
        };
    return mirror;
  }

  private static EntryCheck check(UnstartedMirror mirror) {
    return new EntryCheck(mirror.settings(), mirror.runtime());
  }

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.EMPTY, 1, null);
  }

  private static String reason(EntryCheck check, String key) {
    Refusal refusal = check.refusal(put(key));
    return refusal == null ? "" : refusal.reason();
  }

  @Test
  void keysThatAreNamedAlikeNeedNoCheck() {
    assertThat(check(mirror(KeyModel.PATHS, KeyModel.PATHS)).isNeeded()).isFalse();
    assertThat(check(mirror(KeyModel.PATHS, KeyModel.PATHS)).findsClashes()).isFalse();
    assertThat(check(mirror(KeyModel.PATHS, KeyModel.BYTES)).isNeeded()).isTrue();
    assertThat(check(mirror(KeyModel.PATHS, KeyModel.BYTES)).findsClashes()).isFalse();
    assertThat(check(mirror(KeyModel.BYTES, KeyModel.PATHS)).findsClashes()).isTrue();
  }

  @Test
  void keyThatIsNoPathIsRefused() {
    EntryCheck check = check(mirror(KeyModel.BYTES, KeyModel.PATHS));
    assertThat(reason(check, "/conf//a")).isNotEmpty();
    assertThat(reason(check, "/conf/a")).isEmpty();
    assertThat(check.isNameable(Bytes.utf8("/conf//a"))).isFalse();
    assertThat(check.isNameable(Bytes.utf8("/conf/a"))).isTrue();
  }

  @Test
  void sinkMayRefuseAnEntryItself() {
    FakeSink sink =
        new FakeSink(KeyModel.PATHS) {
          @Override
          public @Nullable String refusal(Entry entry) {
            return entry.key().equals(Bytes.utf8("/conf/bad")) ? "a test's refusal" : null;
          }
        };
    UnstartedMirror other = listened(new UnstartedMirror(new FakeSource(KeyModel.BYTES), sink));
    assertThat(reason(check(other), "/conf/bad")).isEqualTo("a test's refusal");
    assertThat(reason(check(other), "/conf/good")).isEmpty();
    UnstartedMirror same = listened(new UnstartedMirror(new FakeSource(KeyModel.PATHS), sink));
    assertThat(reason(check(same), "/conf/bad")).as("it comes from such a sink").isEmpty();
  }

  @Test
  void nameThatMirrorsUseIsRefused() {
    UnstartedMirror mirror = mirror(KeyModel.BYTES, KeyModel.BYTES);
    Transform moves =
        Transform.ofKeys("into the mirrors' own", key -> Bytes.utf8(OwnKeys.TREE + "/" + key));
    mirror.scope = MirrorScope.builder().rename("", "").transform(moves).build();
    assertThat(check(mirror).isNeeded()).isTrue();
    assertThat(reason(check(mirror), OwnKeys.TREE + "/a"))
        .isEqualTo("this name is reserved for the indexes of mirrors");
    assertThat(reason(check(mirror), "/a")).isEmpty();
  }

  @Test
  void eachKeyIsToldOnce() {
    EntryCheck check = check(mirror(KeyModel.BYTES, KeyModel.PATHS));
    Refusal refusal = new Refusal(Bytes.utf8("/a"), "too large");
    try (CapturedLog log = new CapturedLog()) {
      check.tell(refusal);
      check.tell(refusal);
      assertThat(told).containsExactly(refusal);
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void keysBeyondALimitAreOnlyCounted() {
    EntryCheck check = check(mirror(KeyModel.BYTES, KeyModel.PATHS));
    try (CapturedLog log = new CapturedLog()) {
      for (int i = 0; i <= TOLD; i++) {
        check.tell(new Refusal(Bytes.utf8("/" + i), "too large"));
      }
      assertThat(told).hasSize(TOLD);
      assertThat(log.warnings()).hasSize(TOLD + 1);
      assertThat(log.warnings()).last().asString().contains("counting them without logging");
    }
  }

  @Test
  void silentCheckTellsNobodyAndLeavesOut() {
    UnstartedMirror mirror = mirror(KeyModel.BYTES, KeyModel.PATHS);
    EntryCheck silent = EntryCheck.silent(mirror.settings(), mirror.runtime());
    silent.tell(new Refusal(Bytes.utf8("/a"), "too large"));
    assertThat(told).isEmpty();
    assertThat(silent.skips()).isTrue();
    assertThat(check(mirror).skips()).isFalse();
    mirror.unsupportedEntries = UnsupportedEntries.SKIP;
    assertThat(check(mirror).skips()).isTrue();
  }

  @Test
  void leftOutEntriesAreCounted() {
    UnstartedMirror mirror = mirror(KeyModel.BYTES, KeyModel.PATHS);
    MirrorRuntime runtime = mirror.runtime();
    new EntryCheck(mirror.settings(), runtime).leftOut(3);
    assertThat(runtime.progress().counters.unsupportedEntries.get()).isEqualTo(3);
  }

  @Test
  void checkpointSaysWhetherEntriesWereLeftOut() {
    UnstartedMirror mirror = mirror(KeyModel.BYTES, KeyModel.PATHS);
    assertThat(check(mirror).checkpointScope()).doesNotContain("left out").isNotEmpty();
    mirror.unsupportedEntries = UnsupportedEntries.SKIP;
    assertThat(check(mirror).checkpointScope()).endsWith("(some left out)");
  }
}
