package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.junit.jupiter.api.Test;

/** One comparison of both sides: what it finds, what it refuses, and the order of its writes. */
class ResyncPassTest {

  private static final Bytes OLD = Bytes.utf8("/old");
  private static final DeleteRule ANY = new DeleteRule(new DeleteLimit(0, 100, true), false, false);
  private static final DeleteRule NONE = new DeleteRule(DeleteLimit.keys(0), false, false);

  private final FakeSource source = new FakeSource(KeyModel.PATHS);
  private final FakeSink sink = new FakeSink(KeyModel.PATHS);
  private final UnstartedMirror mirror = new UnstartedMirror(source, sink);
  private final MirrorRuntime runtime = mirror.runtime();
  private final CheckpointNotes notes = new CheckpointNotes(mirror.settings(), runtime);
  private final List<EventBatch> written = new ArrayList<>();
  private FormerEntries former = FormerEntries.none(mirror.mapper());

  private void write(EventBatch batch) {
    written.add(batch);
    sink.held.apply(batch);
  }

  private EntryCheck check() {
    return new EntryCheck(mirror.settings(), runtime);
  }

  private ResyncPass pass(Resync.Writer writer) {
    return new ResyncPass(
        mirror.mapper(), former, check(), notes.expiring(), writer, 100, false, runtime.shutdown());
  }

  private ResyncPass look() {
    return new ResyncPass(
        mirror.mapper(), former, check(), notes.expiring(), null, 100, false, runtime.shutdown());
  }

  private ResyncPass walked(ResyncPass pass) throws Exception {
    pass.walk(source.snapshot(mirror.mapper().selection()), former.snapshot(sink, false));
    return pass;
  }

  private ResyncPass walked() throws Exception {
    return walked(pass(this::write));
  }

  private void wasOld() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    Checkpoint stored =
        new Checkpoint(5, "c", null, Instant.EPOCH)
            .withNotes(CheckpointNotes.of(before.mapper(), List.of()));
    former = notes.formerEntries(stored);
  }

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private List<MirrorEvent> events() {
    return written.stream().flatMap(batch -> batch.events().stream()).toList();
  }

  private static List<String> described(List<MirrorEvent> events) {
    return events.stream()
        .map(event -> event.getClass().getSimpleName() + " " + event.key())
        .toList();
  }

  private static Put leased(String key, Expiry expiresAt, long index) {
    Lease lease = new Lease(7, Duration.ofHours(1));
    return new Put(key(key), Bytes.utf8("v"), index, expiresAt, lease);
  }

  /** What the stream told of the lease before may be dropped behind the pass. */
  @Test
  void copyOnTheSourcesLeaseIsProlonged() throws Exception {
    mirror.expiry = ExpiryPolicy.COPY;
    Expiry soon = Expiry.in(Duration.ofMinutes(1));
    Expiry later = Expiry.in(Duration.ofHours(1));
    for (String key : List.of("/conf/a", "/conf/b", "/conf/c")) {
      source.happened(leased(key, later, source.index() + 1));
    }
    sink.held.apply(
        EventBatch.of(
            List.of(
                leased("/conf/a", later, 1),
                leased("/conf/b", later, 1),
                leased("/conf/c", soon, 1)),
            1,
            1));

    Selection all = new Selection(List.of(key("/conf")), true);
    look().walk(source.snapshot(all), sink.snapshot(all));
    assertThat(written).isEmpty();
    pass(this::write).walk(source.snapshot(all), sink.snapshot(all));
    assertThat(described(events())).containsExactly("Refresh /conf/a", "Refresh /conf/c");
    assertThat(events())
        .allSatisfy(
            event -> assertThat(((MirrorEvent.Refresh) event).expiresAt()).isEqualTo(later));
  }

  @Test
  void lookWritesNothingAndCountsAll() throws Exception {
    source.put("/conf/new", "1");
    source.put("/conf/other", "2");
    sink.preset("/conf/other", "old");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked(look());
    ResyncPlan plan = pass.plan("why");
    assertThat(written).isEmpty();
    assertThat(plan.index()).isEqualTo(source.index());
    assertThat(plan.writes()).isEqualTo(2);
    assertThat(plan.writeBytes()).isEqualTo("/conf/new1/conf/other2".length());
    assertThat(plan.overwrites()).isEqualTo(1);
    assertThat(plan.overwriteSamples()).containsExactly(key("/conf/other"));
    assertThat(plan.deletes()).isEqualTo(1);
    assertThat(plan.deleteSamples()).containsExactly(key("/conf/gone"));
    assertThat(plan.sourceEntries()).isEqualTo(pass.sourceEntries()).isPositive();
    assertThat(plan.refusal()).isEqualTo("why");
  }

  @Test
  void entryWithTheSameContentIsNoOverwrite() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    ResyncPass pass = walked(look());
    assertThat(pass.plan(null).writes()).isZero();
    assertThat(pass.plan(null).overwrites()).isZero();
    assertThat(pass.isWithoutExtras()).isTrue();
  }

  @Test
  void extrasAreDeletedAfterTheWrites() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked();
    assertThat(described(events())).doesNotContain("Delete /conf/gone").contains("Put /conf/a");
    written.clear();
    assertThat(pass.delete()).isTrue();
    assertThat(events()).containsExactly(new Delete(key("/conf/gone"), source.index()));
    assertThat(pass.mayHoldMore()).as("nothing was refused").isFalse();
  }

  @Test
  void valueInPlaceOfADirectoryIsWrittenAfterTheDirectoryIsEmpty() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a/b", "x");
    ResyncPass pass = walked();
    assertThat(described(events())).doesNotContain("Put /conf/a");
    written.clear();
    assertThat(pass.delete()).isTrue();
    assertThat(described(events())).containsExactly("Delete /conf/a/b", "Put /conf/a");
  }

  @Test
  void deletesBeyondTheBoundNeedAnotherPass() throws Exception {
    source.put("/conf/z", "1");
    sink.preset("/conf/a", "x");
    sink.preset("/conf/b", "x");
    ResyncPass pass =
        new ResyncPass(
            mirror.mapper(),
            former,
            check(),
            notes.expiring(),
            this::write,
            1,
            false,
            runtime.shutdown());
    walked(pass);
    written.clear();
    assertThat(pass.delete()).isFalse();
    assertThat(described(events())).containsExactly("Delete /conf/a");
  }

  @Test
  void ruleRefusesDeletesUnlessTheyArePermitted() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked();
    assertThat(pass.isRefused(ANY, DeletePermit.NONE)).isFalse();
    assertThat(pass.isRefused(NONE, DeletePermit.NONE)).isTrue();
    assertThat(pass.isRefused(NONE, new DeletePermit(1, false, Map.of()))).isFalse();
    assertThat(pass.refused(NONE).needed()).isEqualTo(new DeletePermit(1, false, Map.of()));
  }

  @Test
  void permitForAnEmptySourceIsNeededOnlyIfValuesWouldGo() throws Exception {
    sink.preset("/conf/gone", "x");
    assertThat(walked().refused(NONE).needed().emptySource()).isTrue();
    sink.held.apply(EventBatch.of(List.of(new Delete(key("/conf/gone"), 1)), 1, 1));
    sink.held.apply(EventBatch.of(List.of(new MakeDirectory(key("/conf/d"), 1, null)), 1, 1));
    assertThat(walked().refused(NONE).needed().emptySource()).isFalse();
  }

  @Test
  void firstCopyDoesNotAskAboutTheDirectoryOfItsPrefix() throws Exception {
    sink.held.apply(EventBatch.of(List.of(new MakeDirectory(key("/conf"), 1, null)), 1, 1));
    DeleteRule asksForAny = new DeleteRule(DeleteLimit.DEFAULT, false, true);
    assertThat(walked().isRefused(asksForAny, DeletePermit.NONE)).isFalse();
    assertThat(walked().isRefused(NONE, DeletePermit.NONE)).isTrue();
    sink.held.apply(EventBatch.of(List.of(new MakeDirectory(key("/conf/d"), 1, null)), 1, 1));
    assertThat(walked().isRefused(asksForAny, DeletePermit.NONE)).isTrue();
  }

  @Test
  void deletesUnderAFormerPrefixNeedAPermitWhateverTheRule() throws Exception {
    wasOld();
    source.put("/conf/a", "1");
    sink.preset("/old/a", "x");
    ResyncPass pass = walked();
    assertThat(pass.isRefused(ANY, DeletePermit.NONE)).isTrue();
    assertThat(pass.isRefused(ANY, new DeletePermit(9, true, Map.of()))).isTrue();
    assertThat(pass.refused(ANY).needed().former())
        .as("key and directory")
        .isEqualTo(Map.of(OLD, 2L));
    assertThat(pass.isRefused(ANY, pass.refused(ANY).needed())).isFalse();
    assertThat(pass.plan(null).formerDeletes()).isEqualTo(Map.of(OLD, 2L));
  }

  @Test
  void refusalNamesTheDeletesAndTheLimit() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    assertThat(walked().refusal(NONE))
        .isEqualTo(
            "a resync at index %d would delete 1 of 2 entries in the sink (first: /conf/gone): more than 0 keys"
                .formatted(source.index()));
    assertThat(walked().refusal(ANY)).endsWith("(first: /conf/gone)");
    sink.held.apply(EventBatch.of(List.of(new Delete(key("/conf/gone"), 1)), 1, 1));
    assertThat(walked().refusal(ANY)).contains("would delete 0 of ").endsWith("(first: none)");
  }

  @Test
  void deletesMayBeExpiryIfAllOthersAreAllowed() throws Exception {
    notes.expiring().learn(List.of(key("/conf/gone")), true);
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked();
    assertThat(pass.expired()).isEqualTo(1);
    assertThat(pass.mayBeExpiry(NONE)).isTrue();
    sink.preset("/conf/gone-too", "x");
    assertThat(walked().mayBeExpiry(NONE)).as("not all expire").isFalse();
    assertThat(walked().mayBeExpiry(ANY)).isTrue();
  }

  @Test
  void deletesAreNoExpiryWithoutAKeyThatHadATimeToLive() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    assertThat(walked().mayBeExpiry(ANY)).isFalse();
  }

  @Test
  void emptySourceIsNoExpiry() throws Exception {
    notes.expiring().learn(List.of(key("/conf/gone")), true);
    sink.preset("/conf/gone", "x");
    assertThat(walked().mayBeExpiry(ANY)).isFalse();
  }

  @Test
  void deletesUnderAFormerPrefixAreNoExpiry() throws Exception {
    wasOld();
    notes.expiring().learn(List.of(key("/old/gone")), true);
    source.put("/conf/a", "1");
    sink.preset("/old/gone", "x");
    assertThat(walked().mayBeExpiry(ANY)).isFalse();
  }

  @Test
  void entryThatWasRefusedBeforeTheDeletesIsTriedAgain() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    Refusal refusal = new Refusal(key("/conf/a"), "in the way", key("/conf/gone"));
    List<MirrorEvent> given = new ArrayList<>();
    ResyncPass pass =
        walked(
            pass(batch -> {
              if (given.isEmpty() && described(batch.events()).contains("Put /conf/a")) {
                given.addAll(batch.events());
                throw new UnsupportedEntryException(List.of(refusal));
              }
              write(batch);
            }));
    assertThat(pass.mayHoldMore()).as("nothing was deleted yet").isFalse();
    assertThat(pass.delete()).isTrue();
    assertThat(pass.mayHoldMore()).isTrue();
  }

  @Test
  void refusedEntriesEndTheLastPassUnlessTheyMayBeLeftOut() throws Exception {
    mirror.unsupportedEntries = UnsupportedEntries.FAIL;
    assertThatThrownBy(refusedPass()::finish).isInstanceOf(UnsupportedEntryException.class);
    mirror.unsupportedEntries = UnsupportedEntries.SKIP;
    try (CapturedLog log = new CapturedLog()) {
      refusedPass().finish();
      assertThat(log.warnings()).anyMatch(line -> line.contains("cannot hold key '/conf/a/b'"));
    }
    assertThat(runtime.progress().counters.unsupportedEntries.get()).isEqualTo(1);
  }

  /** A pass whose sink cannot hold the only entry below the prefix. */
  private ResyncPass refusedPass() throws Exception {
    source.put("/conf/a/b", "1");
    Refusal refusal = new Refusal(key("/conf/a/b"), "in the way", key("/conf/a"));
    return walked(
        pass(batch -> {
          if (described(batch.events()).contains("Put /conf/a/b")) {
            throw new UnsupportedEntryException(List.of(refusal));
          }
        }));
  }

  @Test
  void valueAboveARefusedEntryIsAShadow() throws Exception {
    ResyncPass pass = refusedPass();
    assertThat(pass.shadowing()).containsExactly(key("/conf/a"));
  }

  @Test
  void eventOfAVisitedKeyIsWrittenAndEndsWhatThePassFound() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked();
    Put back = new Put(key("/conf/gone"), Bytes.EMPTY, 99, null);
    assertThat(pass.happened(back)).isTrue();
    assertThat(pass.isWithoutExtras()).isTrue();
  }

  @Test
  void eventOfAHeldValueIsWrittenWithIt() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a/b", "x");
    ResyncPass pass = walked();
    Put newer = new Put(key("/conf/a"), Bytes.utf8("2"), 99, null);
    assertThat(pass.happened(newer)).isFalse();
    pass.at(99);
    written.clear();
    pass.delete();
    assertThat(events()).containsExactly(new Delete(key("/conf/a/b"), 99), newer);
  }

  @Test
  void endOfTheMirrorEndsThePass() throws Exception {
    source.put("/conf/a", "1");
    runtime.shutdown().begin();
    assertThatThrownBy(this::walked).isInstanceOf(Retry.StoppedException.class);
    assertThat(written).isEmpty();
  }

  @Test
  void valueThatWaitsForItsPlaceIsPartOfThePlan() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a/b", "x");
    assertThat(walked().plan(null).writeSamples()).containsExactly(key("/conf/a"));
  }

  @Test
  void fullBatchIsWrittenBeforeTheWalkEnds() throws Exception {
    for (int i = 0; i < 1500; i++) {
      source.put("/conf/" + i, "1");
    }
    walked();
    assertThat(written).hasSizeGreaterThan(1);
    assertThat(written.get(0).events()).hasSize(1000);
  }

  @Test
  void passKnowsWhatTheSourceHolds() throws Exception {
    long index = source.put("/conf/a", "1", Expiry.in(Duration.ofHours(1)));
    source.put("/conf/b", "1");
    ResyncPass pass = walked();
    assertThat(pass.newest()).extracting(one -> one.key().toString()).contains("/conf/b");
    assertThat(pass.newestPut()).isEqualTo(index + 1);
    assertThat(pass.expiring()).containsExactly(ExpiringKeys.hash(key("/conf/a")));
  }

  @Test
  void eventOfARefusedEntryEndsTheRefusal() throws Exception {
    ResyncPass pass = refusedPass();
    assertThat(pass.refused().count()).isEqualTo(1);
    pass.happened(new Delete(key("/conf/a/b"), 99));
    assertThat(pass.refused().count()).isZero();
  }

  @Test
  void endOfTheMirrorEndsTheDeletes() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    ResyncPass pass = walked();
    written.clear();
    runtime.shutdown().begin();
    assertThatThrownBy(pass::delete).isInstanceOf(Retry.StoppedException.class);
    assertThat(written).isEmpty();
  }
}
