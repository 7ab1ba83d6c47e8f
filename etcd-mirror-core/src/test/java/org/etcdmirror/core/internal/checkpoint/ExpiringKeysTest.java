package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.CapturedLog;
import org.junit.jupiter.api.Test;

class ExpiringKeysTest {

  /** 192 keys make a note of 1024 characters. */
  private static final int ALWAYS = 192;

  private final ExpiringKeys keys = new ExpiringKeys();

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private void learn(int from, int to) {
    List<Bytes> learned = new ArrayList<>();
    for (int i = from; i < to; i++) {
      learned.add(key("/k" + i));
    }
    keys.learn(learned, true);
  }

  @Test
  void hashStaysTheSameInEachVersion() {
    assertThat(ExpiringKeys.hash(key("/conf/a"))).isEqualTo(-65119056);
    keys.learn(List.of(key("/conf/a")), true);
    assertThat(keys.note()).isEqualTo("/B5csA==");
  }

  @Test
  void keyIsKnownUntilItHasNoTimeToLive() {
    assertThat(keys.isEmpty()).isTrue();
    assertThat(keys.contains(key("/a"))).isFalse();
    keys.learn(List.of(key("/a"), key("/b")), true);
    assertThat(keys.isEmpty()).isFalse();
    assertThat(keys.contains(key("/a"))).isTrue();
    keys.learn(List.of(key("/a")), false);
    assertThat(keys.contains(key("/a"))).isFalse();
    assertThat(keys.contains(key("/b"))).isTrue();
  }

  @Test
  void keyInADirectoryThatExpiresIsKnown() {
    keys.learn(List.of(key("/d")), true);
    assertThat(keys.contains(key("/d/e/f"))).isTrue();
    assertThat(keys.contains(key("/de"))).isFalse();
    assertThat(keys.contains(key("/"))).isFalse();
  }

  @Test
  void noteRoundTrips() {
    assertThat(keys.note()).isNull();
    learn(0, 3);
    ExpiringKeys next = new ExpiringKeys();
    next.resume(keys.note());
    for (int i = 0; i < 3; i++) {
      assertThat(next.contains(key("/k" + i))).isTrue();
    }
    assertThat(next.contains(key("/k3"))).isFalse();
    next.resume(null);
    assertThat(next.isEmpty()).isTrue();
  }

  @Test
  void longNoteIsWrittenOnlyAtTheEndOfTheRun() {
    learn(0, ALWAYS);
    assertThat(keys.note()).hasSize(1024);
    learn(ALWAYS, ALWAYS + 1);
    assertThat(keys.note()).isNull();
    keys.ends();
    assertThat(keys.note()).hasSize(1032);
  }

  @Test
  void oldestKeysAreForgottenAboveTheLimit() {
    learn(0, ExpiringKeys.MOST);
    assertThat(keys.contains(key("/k0"))).isTrue();
    keys.learn(List.of(key("/k0")), true);
    learn(ExpiringKeys.MOST, ExpiringKeys.MOST + 1);
    assertThat(keys.contains(key("/k0"))).isTrue();
    assertThat(keys.contains(key("/k1"))).isFalse();
    assertThat(keys.contains(key("/k2"))).isTrue();
  }

  @Test
  void comparisonReplacesWhatWasKnown() {
    learn(0, 2);
    keys.replaceBy(List.of(ExpiringKeys.hash(key("/x"))));
    assertThat(keys.contains(key("/k0"))).isFalse();
    assertThat(keys.contains(key("/x"))).isTrue();
  }

  @Test
  void unreadableNoteCountsAsEmptyWithAWarning() {
    try (CapturedLog log = new CapturedLog()) {
      keys.resume("no base64!");
      assertThat(keys.isEmpty()).isTrue();
      assertThat(log.warnings()).hasSize(1);
    }
  }
}
