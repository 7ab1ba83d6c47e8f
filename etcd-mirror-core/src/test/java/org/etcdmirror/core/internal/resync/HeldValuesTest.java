package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.junit.jupiter.api.Test;

/** Values wait until their place in the sink is empty, and change meanwhile as the source does. */
class HeldValuesTest {

  private static final int MIB = 1 << 20;

  private final HeldValues held = new HeldValues();

  private static Put put(String key, String value, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  private static Put large(String key, int mib) {
    return new Put(Bytes.utf8(key), Bytes.of(new byte[mib * MIB]), 1, null);
  }

  @Test
  void newerValueReplacesHeldOne() {
    held.hold(put("/a", "1", 1));
    assertThat(held.takesIn(put("/a", "2", 2))).isTrue();
    assertThat(held.values()).containsExactly(put("/a", "2", 2));
  }

  @Test
  void deletedValueIsNoLongerHeld() {
    held.hold(put("/a", "1", 1));
    assertThat(held.takesIn(new Delete(Bytes.utf8("/a"), 2))).isTrue();
    assertThat(held.values()).isEmpty();
  }

  @Test
  void eventOfAnotherKeyIsNotTakenIn() {
    held.hold(put("/a", "1", 1));
    assertThat(held.takesIn(put("/b", "2", 2))).isFalse();
    assertThat(held.values()).containsExactly(put("/a", "1", 1));
  }

  @Test
  void oneValueIsHeldWhateverItsSize() {
    held.hold(large("/a", 5));
    assertThat(held.areAllHeld()).isTrue();
    assertThat(held.values()).hasSize(1);
  }

  @Test
  void valueBeyondBoundIsLeftToNextPass() {
    held.hold(large("/a", 3));
    held.hold(large("/b", 3));
    assertThat(held.areAllHeld()).isFalse();
    assertThat(held.values()).containsExactly(large("/a", 3));
  }

  @Test
  void deletedValueMakesRoom() {
    held.hold(large("/a", 3));
    held.takesIn(new Delete(Bytes.utf8("/a"), 2));
    held.hold(large("/b", 2));
    held.hold(large("/c", 1));
    assertThat(held.areAllHeld()).isTrue();
  }

  @Test
  void valuesThatFillTheBoundAreHeld() {
    held.hold(new Put(Bytes.utf8("/a"), Bytes.of(new byte[4 * MIB - 5]), 1, null));
    held.hold(put("/b", "1", 1));
    assertThat(held.areAllHeld()).isTrue();
    held.hold(put("/c", "", 1));
    assertThat(held.areAllHeld()).isFalse();
  }

  @Test
  void newerValueCountsWithItsOwnSize() {
    held.hold(large("/a", 3));
    held.takesIn(put("/a", "small", 2));
    held.hold(large("/b", 3));
    assertThat(held.areAllHeld()).as("it became smaller").isTrue();
    held.takesIn(large("/a", 3));
    held.takesIn(put("/b", "small", 3));
    held.hold(large("/c", 1));
    assertThat(held.areAllHeld()).as("it became larger").isFalse();
  }
}
