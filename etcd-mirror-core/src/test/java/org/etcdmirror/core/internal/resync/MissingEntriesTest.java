package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.junit.jupiter.api.Test;

/** A plan counts all that is missing, and names some of it. */
class MissingEntriesTest {

  private static final int NAMED = 20;

  private final MissingEntries missing = new MissingEntries();

  private static Put put(int i) {
    return new Put(Bytes.utf8("/k%02d".formatted(i)), Bytes.utf8("value"), 1, null);
  }

  @Test
  void entriesAndTheirBytesAreCounted() {
    missing.add(put(1));
    missing.add(put(2));
    assertThat(missing.entries()).isEqualTo(2);
    assertThat(missing.bytes()).isEqualTo(2 * ("/k01".length() + "value".length()));
    assertThat(missing.overwrites()).isZero();
  }

  @Test
  void overwrittenValuesAreCountedApart() {
    missing.overwrites(put(1));
    assertThat(missing.overwrites()).isEqualTo(1);
    assertThat(missing.overwriteSamples()).containsExactly(put(1).key());
    assertThat(missing.entries()).isZero();
    assertThat(missing.samples()).isEmpty();
  }

  @Test
  void onlyTheFirstAreNamed() {
    for (int i = 0; i <= NAMED; i++) {
      missing.add(put(i));
      missing.overwrites(put(i));
    }
    assertThat(missing.entries()).isEqualTo(NAMED + 1);
    assertThat(missing.samples()).hasSize(NAMED).contains(put(0).key(), put(NAMED - 1).key());
    assertThat(missing.overwriteSamples()).hasSize(NAMED);
  }
}
