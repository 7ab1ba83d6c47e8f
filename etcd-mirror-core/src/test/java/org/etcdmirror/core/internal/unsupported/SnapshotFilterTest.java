package org.etcdmirror.core.internal.unsupported;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of keys that clash as paths, the value above is held and those below it are left out. */
class SnapshotFilterTest {

  private final SnapshotFilter filter = filter(KeyModel.BYTES, KeyModel.PATHS);

  private static SnapshotFilter filter(KeyModel source, KeyModel sink) {
    UnstartedMirror mirror = new UnstartedMirror(source, sink);
    return new SnapshotFilter(new EntryCheck(mirror.settings(), mirror.runtime()));
  }

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.EMPTY, 1, null);
  }

  private @Nullable Bytes clash(String key) {
    Refusal refusal = filter.refusal(put(key));
    return refusal == null ? null : refusal.clash();
  }

  @Test
  void entryBelowAValueIsRefused() {
    assertThat(filter.refusal(put("/conf/a"))).isNull();
    assertThat(clash("/conf/a/b")).isEqualTo(Bytes.utf8("/conf/a"));
    assertThat(clash("/conf/a/c/d")).isEqualTo(Bytes.utf8("/conf/a"));
    assertThat(filter.refused()).isEqualTo(2);
    assertThat(filter.shadowing()).containsExactly(Bytes.utf8("/conf/a"));
  }

  @Test
  void entryThatOnlyBeginsWithTheSameTextIsHeld() {
    assertThat(filter.refusal(put("/conf/a"))).isNull();
    assertThat(filter.refusal(put("/conf/a-b"))).isNull();
    assertThat(clash("/conf/a/b")).as("it comes after a-b").isEqualTo(Bytes.utf8("/conf/a"));
    assertThat(filter.refusal(put("/conf/a0"))).isNull();
    assertThat(filter.refusal(put("/conf/b/a"))).isNull();
    assertThat(filter.refused()).isEqualTo(1);
  }

  @Test
  void entryThatCanBeNoPathIsRefusedWithoutAClash() {
    Refusal refusal = filter.refusal(put("/conf//a"));
    assertThat(refusal).isNotNull();
    assertThat(clash("/conf//b")).isNull();
    assertThat(filter.refused()).isEqualTo(2);
    assertThat(filter.shadowing()).isEmpty();
  }

  @Test
  void keysOfOneModelNeverClash() {
    SnapshotFilter same = filter(KeyModel.BYTES, KeyModel.BYTES);
    assertThat(same.refusal(put("/conf/a"))).isNull();
    assertThat(same.refusal(put("/conf/a/b"))).isNull();
    assertThat(same.refused()).isZero();
  }
}
