package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.junit.jupiter.api.Test;

class AnchorsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final KeyMapper mapper =
      new KeyMapper(
          MirrorScope.builder().rename("/conf", "/copy").build(),
          KeyModel.PATHS,
          KeyModel.PATHS,
          ExpiryPolicy.FOLLOW_SOURCE);
  private final Anchors anchors = new Anchors(mapper);

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Put put(String sinkKey, long index) {
    return new Put(key(sinkKey), Bytes.EMPTY, index, null);
  }

  private static Anchor anchor(String key, long version, long at) {
    return new Anchor(key(key), version, at);
  }

  private Anchors.Standing standing(String key, long version) {
    return new Anchors.Standing(key(key), version, mapper.held(key(key)));
  }

  private void put(long index, String... keys) {
    List<Anchors.Standing> found = new ArrayList<>();
    List<MirrorEvent> events = new ArrayList<>();
    for (String key : keys) {
      found.add(standing(key, index));
      mapper.map(put(key, index), events);
    }
    anchors.learn(found, index - 1);
    anchors.follow(events, LastChange.at(index));
  }

  @Test
  void newestPutIsAnchorAndItsIndexAdvances() {
    put(5, "/conf/a");
    put(6, "/conf/b");
    anchors.follow(List.of(), LastChange.at(20));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/b", 6, 20));
  }

  @Test
  void deletedAnchorIsReplacedByNewestStandingPut() {
    put(5, "/conf/a");
    put(6, "/conf/b");
    put(7, "/conf/c/x");
    anchors.follow(
        List.of(new Delete(key("/copy/b"), 8), new DeleteTree(key("/copy/c"), 9)),
        LastChange.at(9));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 9));
  }

  @Test
  void lastAnchorKeepsItsIndexWhenNoPutStands() {
    put(5, "/conf/a");
    anchors.follow(List.of(), LastChange.at(9));
    anchors.follow(List.of(new MakeDirectory(key("/copy/a"), 10, null)), LastChange.at(10));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 9));
    anchors.follow(List.of(), LastChange.at(30));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 9));
    put(31, "/conf/b");
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/b", 31, 31));
  }

  @Test
  void rewrittenKeyHasOnlyItsNewVersion() {
    put(5, "/conf/a");
    put(6, "/conf/a");
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 6, 6));
    put(7, "/conf/b");
    anchors.follow(List.of(new Delete(key("/copy/b"), 8)), LastChange.at(8));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 6, 8));
  }

  @Test
  void oldestCandidatesBeyondBoundAreForgotten() {
    for (int i = 1; i <= Anchors.MOST + 1; i++) {
      put(i, "/conf/" + i);
    }
    for (int i = Anchors.MOST + 1; i > 2; i--) {
      anchors.follow(List.of(new Delete(key("/copy/" + i), 10)), LastChange.at(10));
    }
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/2", 2, 10));
    anchors.follow(List.of(new Delete(key("/copy/2"), 11)), LastChange.at(11));
    assertThat(anchors.newest()).as("/conf/1 was forgotten").isEqualTo(anchor("/conf/2", 2, 10));
  }

  @Test
  void putsCoveredBySnapshotAreNotLearned() {
    anchors.replaceBy(List.of(standing("/conf/a", 5)), LastChange.at(20));
    anchors.learn(List.of(standing("/conf/b", 19)), 20);
    anchors.follow(List.of(), LastChange.at(21));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 21));
  }

  @Test
  void storedAnchorAdvancesIfItIsCurrent() {
    anchors.resume(anchor("/conf/a", 5, 20), null, 20);
    anchors.follow(List.of(), LastChange.at(30));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 30));
    anchors.follow(List.of(new Delete(key("/copy/a"), 31)), LastChange.at(31));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 30));
  }

  @Test
  void storedAnchorOlderThanIndexDoesNotAdvance() {
    anchors.resume(anchor("/conf/a", 5, 20), null, 25);
    anchors.follow(List.of(), LastChange.at(30));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 20));
    put(31, "/conf/b");
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/b", 31, 31));
  }

  @Test
  void snapshotReplacesAllAnchors() {
    put(5, "/conf/a");
    anchors.replaceBy(List.of(standing("/conf/b", 3), standing("/conf/c", 4)), LastChange.at(9));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/c", 4, 9));
    anchors.replaceBy(List.of(), LastChange.at(9));
    assertThat(anchors.newest()).isNull();
  }

  @Test
  void lastChangeNamesWhatItDeletedUntilTheNextChange() {
    LastChange delete = new LastChange(0, 8, 8, key("/conf/a"));
    anchors.follow(List.of(new Delete(key("/copy/a"), 8)), delete);
    anchors.follow(List.of(), new LastChange(0, 0, 20));
    assertThat(anchors.lastChange()).isEqualTo(new LastChange(8, 8, 20, key("/conf/a")));
    put(21, "/conf/b");
    assertThat(anchors.lastChange()).isEqualTo(LastChange.at(21));
  }

  @Test
  void lastChangeOlderThanTheIndexSaysNothingOfTheTimeBetween() {
    anchors.resume(null, LastChange.at(5), 6);
    anchors.follow(List.of(), new LastChange(0, 0, 26));
    assertThat(anchors.lastChange()).isEqualTo(new LastChange(6, 6, 26));
  }

  @Test
  void lastChangeOfTheStoredIndexIsKeptByARestart() {
    LastChange delete = new LastChange(4, 6, 20, key("/conf/a"));
    anchors.resume(null, delete, 20);
    anchors.follow(List.of(), new LastChange(0, 0, 26));
    assertThat(anchors.lastChange()).isEqualTo(new LastChange(4, 6, 26, key("/conf/a")));
  }

  @Test
  void anchorFallsOnlyWithALaterChangeOfItsKey() {
    Anchors.Standing put = standing("/conf/a", 5);
    assertThat(put.isChangedBy(put("/copy/a", 6))).isTrue();
    assertThat(put.isChangedBy(put("/copy/a", 5))).as("the put itself").isFalse();
    assertThat(put.isChangedBy(put("/copy/b", 6))).isFalse();
    assertThat(put.isChangedBy(new DeleteTree(key("/copy"), 6))).isTrue();
    assertThat(put.isChangedBy(new DeleteTree(key("/copy/b"), 6))).isFalse();
    Refresh refresh = new Refresh(key("/copy/a"), 6, Expiry.in(HOUR), null);
    assertThat(put.isChangedBy(refresh)).as("it only expires later").isFalse();
  }

  @Test
  void versionOfAPutThatExpiresMayChangeUnnoticed() {
    MirrorEvent.Put lasting = put("/conf/a", 5);
    MirrorEvent.Put untold = lasting.withExpiry(Expiry.UNTOLD, null);
    MirrorEvent.Put expiring = lasting.withExpiry(Expiry.in(HOUR), null);
    assertThat(Anchors.isSteady(lasting, KeyModel.PATHS)).isTrue();
    assertThat(Anchors.isSteady(untold, KeyModel.PATHS)).isTrue();
    assertThat(Anchors.isSteady(expiring, KeyModel.PATHS)).isFalse();
    assertThat(Anchors.isSteady(expiring, KeyModel.BYTES)).as("a lease changes nothing").isTrue();
  }

  @Test
  void putThatGoesByItselfIsNoLastingAnchor() {
    put(5, "/conf/a");
    Anchors.Standing lease =
        new Anchors.Standing(key("/conf/lease"), 6, mapper.held(key("/conf/lease")), false);
    anchors.learn(List.of(lease), 5);
    anchors.follow(List.of(put("/copy/lease", 6)), LastChange.at(6));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/lease", 6, 6));
    assertThat(anchors.lasting().newest()).isEqualTo(anchor("/conf/a", 5, 6));
    assertThat(anchors.lasting().lasting()).isSameAs(anchors.lasting());
    anchors.replaceBy(List.of(lease, standing("/conf/b", 4)), LastChange.at(9));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/lease", 6, 9));
    assertThat(anchors.lasting().newest()).isEqualTo(anchor("/conf/b", 4, 9));
  }

  @Test
  void putThatIsNotFollowedIsForgotten() {
    put(5, "/conf/a");
    anchors.learn(List.of(standing("/conf/b", 6)), 5);
    anchors.standStill();
    anchors.follow(List.of(), LastChange.at(7));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 7));
    assertThat(anchors.lasting().newest()).isEqualTo(anchor("/conf/a", 5, 7));
  }

  @Test
  void putAtTheIndexThatIsAppliedIsNotLearned() {
    anchors.learn(List.of(standing("/conf/a", 5)), 5);
    anchors.follow(List.of(), LastChange.at(7));
    assertThat(anchors.newest()).isNull();
  }

  @Test
  void putLearnedBeforeASnapshotIsForgotten() {
    anchors.learn(List.of(standing("/conf/a", 5)), 4);
    anchors.replaceBy(List.of(), LastChange.at(9));
    anchors.follow(List.of(), LastChange.at(10));
    assertThat(anchors.newest()).isNull();
  }

  @Test
  void anchorNeverStandsBeforeItsIndex() {
    anchors.replaceBy(List.of(standing("/conf/a", 5)), LastChange.at(20));
    anchors.follow(List.of(), LastChange.at(9));
    assertThat(anchors.newest()).isEqualTo(anchor("/conf/a", 5, 20));
  }

  @Test
  void storedAnchorOutsideOfTheScopeIsKeptAtItsIndex() {
    anchors.resume(anchor("/other/a", 5, 20), null, 20);
    anchors.follow(List.of(), LastChange.at(30));
    assertThat(anchors.newest()).isEqualTo(anchor("/other/a", 5, 20));
  }

  @Test
  void resumeForgetsWhatStoodBefore() {
    put(5, "/conf/a");
    anchors.resume(null, null, 9);
    assertThat(anchors.newest()).isNull();
    assertThat(anchors.known()).isNull();
  }

  @Test
  void otherThreadsSeeWhatIsKnown() {
    put(5, "/conf/a");
    assertThat(anchors.known()).isEqualTo(anchor("/conf/a", 5, 5));
    anchors.replaceBy(List.of(standing("/conf/b", 6)), LastChange.at(9));
    assertThat(anchors.known()).isEqualTo(anchor("/conf/b", 6, 9));
    anchors.resume(anchor("/conf/c", 7, 9), null, 9);
    assertThat(anchors.known()).isEqualTo(anchor("/conf/c", 7, 9));
  }

  /** A source that answers each check like this. */
  private static FakeSource answering(Anchor.Check anchored, Anchor.Check changed) {
    return new FakeSource(KeyModel.PATHS) {
      @Override
      public Anchor.Check check(Anchor anchor) {
        return anchored;
      }

      @Override
      public Anchor.Check check(Selection selection, LastChange last) {
        return changed;
      }
    };
  }

  private boolean isBroken(Anchor.Check anchored, Anchor.Check changed) throws Exception {
    return anchors.isBroken(answering(anchored, changed), mapper.selection(), null, null);
  }

  @Test
  void sourceIsAnotherIfItDeniesTheAnchorOrTheLastChange() throws Exception {
    put(5, "/conf/a");
    anchors.follow(List.of(), new LastChange(0, 0, 9));
    assertThat(isBroken(Anchor.Check.BROKEN, Anchor.Check.HOLDS)).isTrue();
    assertThat(isBroken(Anchor.Check.HOLDS, Anchor.Check.BROKEN)).isTrue();
    assertThat(isBroken(Anchor.Check.HOLDS, Anchor.Check.HOLDS)).isFalse();
    assertThat(isBroken(Anchor.Check.UNKNOWN, Anchor.Check.UNKNOWN)).isFalse();
  }

  /** As where the newest key's lease has ended, and its revision is compacted. */
  @Test
  void lastingAnchorDecidesWhereTheNewestIsUnknown() throws Exception {
    put(5, "/conf/a");
    Bytes leased = key("/conf/lease");
    anchors.learn(List.of(new Anchors.Standing(leased, 6, mapper.held(leased), false)), 5);
    anchors.follow(List.of(), LastChange.at(6));
    assertThat(isBroken(answering(leased, Anchor.Check.UNKNOWN, Anchor.Check.BROKEN))).isTrue();
    assertThat(isBroken(answering(leased, Anchor.Check.UNKNOWN, Anchor.Check.HOLDS))).isFalse();
    assertThat(isBroken(answering(leased, Anchor.Check.HOLDS, Anchor.Check.BROKEN))).isFalse();
    assertThat(isBroken(answering(leased, Anchor.Check.BROKEN, Anchor.Check.HOLDS))).isTrue();
  }

  /** A source that answers the check of one key like this, and of all others like that. */
  private static FakeSource answering(Bytes key, Anchor.Check ofKey, Anchor.Check ofOthers) {
    return new FakeSource(KeyModel.PATHS) {
      @Override
      public Anchor.Check check(Anchor anchor) {
        return anchor.key().equals(key) ? ofKey : ofOthers;
      }
    };
  }

  private boolean isBroken(FakeSource source) throws Exception {
    return anchors.isBroken(source, mapper.selection(), null, null);
  }

  @Test
  void nothingKnownIsNothingDenied() throws Exception {
    assertThat(isBroken(Anchor.Check.BROKEN, Anchor.Check.BROKEN)).isFalse();
    put(5, "/conf/a");
    assertThat(isBroken(Anchor.Check.HOLDS, Anchor.Check.BROKEN)).as("no claim").isFalse();
  }

  @Test
  void anchorOfAnEarlierRecoverySaysNothingOfThePresentStream() throws Exception {
    FakeSource denies = answering(Anchor.Check.BROKEN, Anchor.Check.BROKEN);
    Anchors.Recovery first = new Anchors.Recovery() {};
    Anchors.Recovery second = new Anchors.Recovery() {};
    put(5, "/conf/a");
    anchors.recovered(first);
    assertThat(anchors.isDone(first)).isTrue();
    assertThat(anchors.isDone(second)).isFalse();
    assertThat(anchors.isBroken(denies, mapper.selection(), second, null)).isFalse();
    assertThat(anchors.isBroken(denies, mapper.selection(), first, null)).isTrue();
    assertThat(anchors.isBroken(denies, mapper.selection(), second, first))
        .as("the same history goes on")
        .isTrue();
  }
}
