package org.etcdmirror.core.internal.unsupported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** Events that the sink cannot hold are left out whole, and leave no older value behind. */
class UnsupportedFilterTest {

  private static final Expiry LATER = Expiry.in(Duration.ofHours(1));

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.BYTES, KeyModel.PATHS);
  private final List<String> told = new ArrayList<>();
  private MirrorRuntime runtime = mirror.runtime();
  private EntryCheck check = check(UnsupportedEntries.SKIP);

  private EntryCheck check(UnsupportedEntries option) {
    mirror.unsupportedEntries = option;
    mirror.listener =
        new MirrorListener() {
          @Override
          public void onUnsupportedEntry(Refusal refusal) {
            told.add(refusal.key().toString());
          }
        };
    runtime = mirror.runtime();
    return new EntryCheck(mirror.settings(), runtime);
  }

  private UnsupportedFilter filter(MirrorEvent... events) {
    return new UnsupportedFilter(check, EventBatch.of(List.of(events), 9, 12));
  }

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Put put(String key) {
    return new Put(key(key), Bytes.utf8("v"), 7, null);
  }

  private static Delete delete(String key) {
    return new Delete(key(key), 7);
  }

  private static Refresh refresh(String key) {
    return new Refresh(key(key), 7, LATER, null);
  }

  private static UnsupportedEntryException refused(String key) {
    return new UnsupportedEntryException(List.of(new Refusal(key(key), "too large")));
  }

  private static UnsupportedEntryException clash(String key, String with) {
    return new UnsupportedEntryException(List.of(new Refusal(key(key), "in the way", key(with))));
  }

  @Test
  void batchOfHoldableEventsKeepsItsIndexes() throws Exception {
    UnsupportedFilter filter = filter(put("/conf/a"));
    assertThat(filter.held())
        .usingRecursiveComparison()
        .ignoringFields("seenNanos")
        .isEqualTo(EventBatch.of(List.of(put("/conf/a")), 9, 12));
    assertThat(filter.written().events()).isEqualTo(filter.held().events());
    assertThat(filter.leftOut()).isZero();
  }

  @Test
  void batchIsNotTouchedWhereKeysAreNamedAlike() throws Exception {
    UnstartedMirror same = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    EventBatch batch = EventBatch.of(List.of(put("/conf/a"), delete("/conf/b")), 9, 12);
    UnsupportedFilter filter =
        new UnsupportedFilter(new EntryCheck(same.settings(), same.runtime()), batch);
    assertThat(filter.held()).isSameAs(batch);
    assertThat(filter.written()).isSameAs(batch);
  }

  @Test
  void deletesComeFirstAndMakeRoom() throws Exception {
    assertThat(filter(put("/conf/a"), delete("/conf/a/b"), put("/conf/c")).held().events())
        .containsExactly(delete("/conf/a/b"), put("/conf/a"), put("/conf/c"));
  }

  @Test
  void orderIsKeptIfKeysDoNotBecomePaths() throws Exception {
    UnstartedMirror toBytes = new UnstartedMirror(KeyModel.PATHS, KeyModel.BYTES);
    UnsupportedFilter filter =
        new UnsupportedFilter(
            new EntryCheck(toBytes.settings(), toBytes.runtime()),
            EventBatch.of(List.of(put("/conf/a"), delete("/conf/b")), 9, 12));
    assertThat(filter.held().events()).containsExactly(put("/conf/a"), delete("/conf/b"));
  }

  @Test
  void eventOfAKeyThatCanBeNoPathIsLeftOut() throws Exception {
    UnsupportedFilter filter =
        filter(put("/conf//a"), delete("/conf//b"), refresh("/conf//c"), refresh("/conf/d"));
    assertThat(filter.held().events()).containsExactly(refresh("/conf/d"));
    assertThat(filter.leftOut()).as("a delete changes nothing there").isEqualTo(1);
    assertThat(told).as("not before it is applied").isEmpty();
    filter.applied();
    assertThat(told).containsExactly("/conf//a");
    assertThat(runtime.progress().counters.unsupportedEntries.get()).isEqualTo(1);
  }

  @Test
  void refusedValueLeavesNoOlderOne() throws Exception {
    UnsupportedFilter filter = filter(put("/conf/a"), put("/conf/b"));
    filter.held();
    filter.learn(refused("/conf/a"));
    assertThat(filter.held().events()).containsExactly(delete("/conf/a"), put("/conf/b"));
    assertThat(filter.written().events()).hasSize(2);
    assertThat(filter.leftOut()).isEqualTo(1);
  }

  @Test
  void entryBelowAValueIsLeftOut() throws Exception {
    UnsupportedFilter filter = filter(put("/conf/a/b"), put("/conf/c"));
    filter.held();
    filter.learn(clash("/conf/a/b", "/conf/a"));
    assertThat(filter.held().events()).containsExactly(put("/conf/c"));
    assertThat(filter.leftOut()).isEqualTo(1);
    assertThat(check.shadows().contains(key("/conf/a"))).isTrue();
  }

  @Test
  void deleteOfAValueAboveOthersNeedsAComparison() {
    check.shadows().replaceBy(List.of(key("/conf/a")));
    assertThatThrownBy(() -> filter(delete("/conf/a")).held())
        .isInstanceOfSatisfying(
            ComparisonNeededException.class,
            e -> assertThat(e.reason()).isEqualTo(Gap.Reason.FORCED));
  }

  @Test
  void valueAboveExistingKeysNeedsAComparison() {
    assertThatThrownBy(() -> filter(put("/conf/a")).learn(clash("/conf/a", "/conf/a/b")))
        .isInstanceOf(ComparisonNeededException.class);
  }

  @Test
  void refusalThatIsKnownAlreadyEndsTheMirror() throws Exception {
    UnsupportedFilter filter = filter(put("/conf/a"), put("/conf/b/c"));
    filter.learn(refused("/conf/a"));
    assertThatThrownBy(() -> filter.learn(refused("/conf/a")))
        .isInstanceOf(UnsupportedEntryException.class);
    filter.learn(clash("/conf/b/c", "/conf/b"));
    assertThatThrownBy(() -> filter.learn(clash("/conf/b/c", "/conf/b")))
        .isInstanceOf(UnsupportedEntryException.class);
  }

  @Test
  void nothingIsLeftOutIfThatIsNotAllowed() {
    check = check(UnsupportedEntries.FAIL);
    assertThatThrownBy(() -> filter(put("/conf//a")).held())
        .isInstanceOf(UnsupportedEntryException.class);
    assertThat(told).containsExactly("/conf//a");
    assertThatThrownBy(() -> filter(put("/conf/a")).learn(refused("/conf/a")))
        .isInstanceOf(UnsupportedEntryException.class);
    assertThat(told).containsExactly("/conf//a", "/conf/a");
  }

  @Test
  void refusedPutsOfAResyncBecomeDeletesUnlessTheyClash() {
    List<Refusal> refusals =
        List.of(
            new Refusal(key("/a"), "too large"), new Refusal(key("/b/c"), "in the way", key("/b")));
    assertThat(
            UnsupportedFilter.without(
                List.of(put("/a"), put("/b/c"), delete("/a"), put("/d")), refusals))
        .containsExactly(delete("/a"), delete("/a"), put("/d"));
  }
}
