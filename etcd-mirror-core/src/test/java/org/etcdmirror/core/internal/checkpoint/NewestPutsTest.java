package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.NewestPuts.Version;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.junit.jupiter.api.Test;

/** The newest puts of a source that is read: the candidates for its next anchor. */
class NewestPutsTest {

  private final NewestPuts puts =
      new NewestPuts(
          new KeyMapper(
              MirrorScope.builder().rename("/conf", "/copy").build(),
              KeyModel.PATHS,
              KeyModel.PATHS,
              ExpiryPolicy.FOLLOW_SOURCE));

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Version lasting(String key, long index) {
    return new Version(key(key), index, true);
  }

  private static Version expiring(String key, long index) {
    return new Version(key(key), index, false);
  }

  private List<Long> indexes() {
    return puts.get().stream().map(Version::index).sorted().toList();
  }

  @Test
  void onlyTheNewestAreKeptWhateverTheirOrder() {
    for (long index : new long[] {3, 9, 1, 7, 5, 8}) {
      puts.add(lasting("/conf/" + index, index));
    }
    assertThat(indexes()).containsExactly(5L, 7L, 8L, 9L);
  }

  @Test
  void lastingPutsAreKeptBesideNewerOnesThatExpire() {
    puts.add(lasting("/conf/a", 1));
    for (long index = 2; index <= 9; index++) {
      puts.add(expiring("/conf/" + index, index));
    }
    assertThat(indexes()).containsExactly(1L, 6L, 7L, 8L, 9L);
  }

  @Test
  void putThatIsReadTwiceTakesOnePlace() {
    for (int i = 0; i <= Anchors.MOST; i++) {
      puts.add(lasting("/conf/a", 5));
    }
    puts.add(lasting("/conf/b", 4));
    assertThat(puts.get()).containsExactlyInAnyOrder(lasting("/conf/a", 5), lasting("/conf/b", 4));
  }

  @Test
  void newerVersionOfAKeyCounts() {
    puts.add(lasting("/conf/a", 5));
    puts.add(lasting("/conf/a", 7));
    puts.add(expiring("/conf/a", 6));
    assertThat(puts.get()).containsExactly(lasting("/conf/a", 7));
  }

  @Test
  void laterEventEndsThePutItChanges() {
    puts.add(lasting("/conf/a", 5));
    puts.add(expiring("/conf/b", 5));
    puts.happened(new Delete(key("/copy/a"), 5));
    assertThat(indexes()).as("the put is newer").containsExactly(5L, 5L);
    puts.happened(new Put(key("/copy/a"), Bytes.EMPTY, 6, null));
    assertThat(puts.get()).containsExactly(expiring("/conf/b", 5));
    puts.happened(new Delete(key("/copy/b"), 6));
    assertThat(puts.get()).isEmpty();
  }

  @Test
  void candidateIsFollowedByItsNameInTheSink() {
    puts.add(new Anchors.Standing(key("/conf/a"), 5, List.of(key("/copy/a")), false));
    assertThat(puts.standing())
        .containsExactly(new Anchors.Standing(key("/conf/a"), 5, List.of(key("/copy/a")), false));
  }

  @Test
  void putOfAnUnknownIndexIsNoCandidate() {
    puts.add(lasting("/conf/a", 0));
    assertThat(puts.standing()).isEmpty();
  }
}
