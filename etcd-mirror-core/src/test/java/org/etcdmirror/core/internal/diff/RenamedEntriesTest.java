package org.etcdmirror.core.internal.diff;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.junit.jupiter.api.Test;

class RenamedEntriesTest {

  private final RenamedEntries entries =
      new RenamedEntries(
          new KeyMapper(
              MirrorScope.of("/a"), KeyModel.BYTES, KeyModel.BYTES, ExpiryPolicy.FOLLOW_SOURCE));

  private static Bytes key(String key) {
    return Bytes.utf8("/a/" + key);
  }

  private static Put put(String key, long index) {
    return new Put(key(key), Bytes.utf8("v" + index), index, null);
  }

  private void read(String key, long index, String source) {
    entries.read(put(key, index), key(source));
  }

  private List<String> taken() {
    List<String> taken = new ArrayList<>();
    for (var next = entries.take(); next != null; next = entries.take()) {
      taken.add(next.key().from(3) + "@" + next.index());
    }
    return taken;
  }

  @Test
  void entriesAreTakenInTheOrderOfTheSinksKeys() {
    read("c", 1, "1");
    read("a", 2, "2");
    read("b", 3, "3");
    entries.settle(true);
    assertThat(taken()).containsExactly("a@2", "b@3", "c@1");
  }

  @Test
  void twoKeysThatBecomeOneAreRefused() {
    read("a", 1, "x");
    read("a", 2, "y");
    assertThatThrownBy(() -> entries.settle(true))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("/a/x", "/a/y");
  }

  @Test
  void keyThatMovedBetweenChunksKeepsItsNewestEntry() {
    read("a", 5, "x");
    read("a", 4, "y");
    read("b", 4, "x");
    read("b", 5, "y");
    entries.settle(false);
    assertThat(taken()).containsExactly("a@5", "b@5");
  }

  @Test
  void keysThatBecomeOneAreRefusedIfTheStreamExplainsThemNot() {
    entries.streamed();
    read("a", 1, "x");
    read("a", 2, "y");
    entries.happened(put("b", 3));
    assertThatThrownBy(() -> entries.settle(false)).isInstanceOf(PermanentException.class);
  }

  @Test
  void keyThatTheStreamMovedIsNoCollision() {
    entries.streamed();
    read("a", 1, "x");
    read("a", 2, "y");
    entries.happened(put("a", 3));
    assertThatCode(() -> entries.settle(false)).doesNotThrowAnyException();
    assertThat(taken()).containsExactly("a@3");
  }

  @Test
  void eventsOfTheReadingCountIfTheyAreNewerThanWhatWasRead() {
    read("a", 5, "a");
    read("b", 5, "b");
    read("d", 5, "d");
    assertThat(entries.happened(put("a", 4))).isTrue();
    assertThat(entries.happened(put("b", 6))).isTrue();
    assertThat(entries.happened(put("c", 6))).isTrue();
    assertThat(entries.happened(new Delete(key("d"), 7))).isTrue();
    entries.settle(true);
    assertThat(taken()).containsExactly("a@5", "b@6", "c@6");
  }

  @Test
  void eventChangesWhatIsNotTakenYet() {
    read("a", 1, "a");
    read("b", 1, "b");
    read("c", 1, "c");
    entries.settle(true);
    assertThat(requireNonNull(entries.take()).key()).isEqualTo(key("a"));
    assertThat(entries.happened(put("a", 2))).isFalse();
    assertThat(entries.happened(new Delete(key("0"), 2))).isFalse();
    assertThat(entries.happened(new Delete(key("b"), 2))).isTrue();
    assertThat(entries.happened(put("d", 2))).isTrue();
    assertThat(taken()).containsExactly("c@1", "d@2");
  }

  @Test
  void prolongedExpiryChangesAnEntryThatIsThere() {
    Expiry later = Expiry.in(Duration.ofHours(1));
    read("a", 5, "a");
    entries.settle(true);
    entries.happened(new Refresh(key("a"), 6, later, null));
    entries.happened(new Refresh(key("b"), 6, later, null));
    assertThat(requireNonNull(entries.take()).expiresAt()).isEqualTo(later);
    assertThat(entries.take()).isNull();
  }
}
