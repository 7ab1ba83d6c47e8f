package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.junit.jupiter.api.Test;

/** Keys without structure become paths: some cannot, and some stand in the way of others. */
class UnsupportedEntriesPassTest {

  private final FakeSource source = new FakeSource(KeyModel.BYTES);
  private final FakeSink sink = new FakeSink(KeyModel.PATHS);
  private final UnstartedMirror mirror = new UnstartedMirror(source, sink);
  private final List<EventBatch> written = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private MirrorRuntime runtime = mirror.runtime();
  private EntryCheck check = new EntryCheck(mirror.settings(), runtime);

  private ResyncPass walked(UnsupportedEntries option) throws Exception {
    mirror.unsupportedEntries = option;
    mirror.listener =
        new MirrorListener() {
          @Override
          public void onUnsupportedEntry(Refusal refusal) {
            told.add(refusal.key().toString());
          }
        };
    runtime = mirror.runtime();
    check = new EntryCheck(mirror.settings(), runtime);
    ResyncPass pass =
        new ResyncPass(
            mirror.mapper(),
            FormerEntries.none(mirror.mapper()),
            check,
            new CheckpointNotes(mirror.settings(), runtime).expiring(),
            written::add,
            100,
            false,
            runtime.shutdown());
    pass.walk(
        source.snapshot(mirror.mapper().selection()), sink.snapshot(mirror.mapper().selection()));
    return pass;
  }

  private List<String> keys() {
    return written.stream()
        .flatMap(batch -> batch.events().stream())
        .map(MirrorEvent::key)
        .map(Bytes::toString)
        .toList();
  }

  @Test
  void entryThatCanBeNoPathIsLeftOutAndTold() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf//b", "1");
    ResyncPass pass = walked(UnsupportedEntries.SKIP);
    assertThat(keys()).containsExactly("/conf/a");
    assertThat(told).containsExactly("/conf//b");
    assertThat(pass.plan(null).unsupported()).isEqualTo(1);
    pass.finish();
    assertThat(runtime.progress().counters.unsupportedEntries.get()).isEqualTo(1);
  }

  @Test
  void entryThatCanBeNoPathEndsThePassIfNothingMayBeLeftOut() {
    source.put("/conf//b", "1");
    assertThatThrownBy(() -> walked(UnsupportedEntries.FAIL))
        .isInstanceOf(UnsupportedEntryException.class);
    assertThat(told).containsExactly("/conf//b");
  }

  @Test
  void valueAboveALeftOutEntryIsRememberedAfterThePass() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/a/b", "1");
    ResyncPass pass = walked(UnsupportedEntries.SKIP);
    assertThat(keys()).containsExactly("/conf/a");
    assertThat(check.shadows().isEmpty()).isTrue();
    pass.finish();
    assertThat(check.shadows().isEmpty()).isFalse();
  }
}
