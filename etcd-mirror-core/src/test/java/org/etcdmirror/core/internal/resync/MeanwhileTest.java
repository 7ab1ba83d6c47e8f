package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.junit.jupiter.api.Test;

/** Events during a resync are written like others, and a sink that cannot take them is compared. */
class MeanwhileTest {

  private final UnstartedMirror mirror = skipping();
  private final MirrorRuntime runtime = mirror.runtime();
  private final EntryCheck check = new EntryCheck(mirror.settings(), runtime);
  private final List<EventBatch> written = new ArrayList<>();

  private static UnstartedMirror skipping() {
    UnstartedMirror mirror = new UnstartedMirror(KeyModel.BYTES, KeyModel.PATHS);
    mirror.unsupportedEntries = UnsupportedEntries.SKIP;
    return mirror;
  }

  private ResyncPass pass() {
    return new ResyncPass(
        mirror.mapper(),
        FormerEntries.none(mirror.mapper()),
        check,
        new CheckpointNotes(mirror.settings(), runtime).expiring(),
        written::add,
        100,
        false,
        runtime.shutdown());
  }

  private Meanwhile meanwhile(Resync.Writer writer) {
    return new Meanwhile("test", runtime.progress(), check, writer);
  }

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.utf8("v"), 7, null);
  }

  private List<String> keys() {
    return written.stream()
        .flatMap(batch -> batch.events().stream())
        .map(MirrorEvent::key)
        .map(Bytes::toString)
        .toList();
  }

  @Test
  void eventThatTheSinkCannotHoldIsLeftOutAndCounted() throws Exception {
    Meanwhile meanwhile = meanwhile(written::add);
    meanwhile.write(List.of(put("/conf//a"), put("/conf/b")), 9, pass());
    assertThat(keys()).containsExactly("/conf/b");
    assertThat(runtime.progress().counters.unsupportedEntries.get()).isEqualTo(1);
    assertThat(runtime.progress().counters.eventsApplied.get()).isEqualTo(1);
    assertThat(meanwhile.comparedFor()).isNull();
  }

  @Test
  void eventThatTheSinkRefusesIsLeftOutAndItsShadowIsKnown() throws Exception {
    Refusal refusal = new Refusal(Bytes.utf8("/conf/a/b"), "in the way", Bytes.utf8("/conf/a"));
    ResyncPass pass = pass();
    Meanwhile meanwhile =
        meanwhile(batch -> {
          if (batch.events().contains(put("/conf/a/b"))) {
            throw new UnsupportedEntryException(List.of(refusal));
          }
          written.add(batch);
        });
    meanwhile.write(List.of(put("/conf/a/b"), put("/conf/c")), 9, pass);
    assertThat(keys()).containsExactly("/conf/c");
    assertThat(pass.shadowing()).containsExactly(Bytes.utf8("/conf/a"));
    assertThat(meanwhile.comparedFor()).isNull();
  }

  @Test
  void shadowOfTheLastComparisonIsForgotten() throws Exception {
    check.shadows().replaceBy(List.of(Bytes.utf8("/conf/a")));
    meanwhile(written::add).write(List.of(put("/conf/a/b")), 9, pass());
    assertThat(keys()).containsExactly("/conf/a/b");
  }

  @Test
  void valueAboveExistingKeysIsComparedOnceMore() throws Exception {
    Refusal refusal = new Refusal(Bytes.utf8("/conf/a"), "in the way", Bytes.utf8("/conf/a/b"));
    Meanwhile meanwhile =
        meanwhile(batch -> {
          throw new UnsupportedEntryException(List.of(refusal));
        });
    meanwhile.write(List.of(put("/conf/a")), 9, pass());
    assertThat(meanwhile.comparedFor()).isEqualTo(Gap.Reason.FORCED);
  }

  @Test
  void sinkThatDriftedIsComparedOnceMore() throws Exception {
    Meanwhile meanwhile =
        meanwhile(batch -> {
          throw new SinkDriftedException("a test's fault");
        });
    meanwhile.write(List.of(put("/conf/a")), 9, pass());
    assertThat(meanwhile.comparedFor()).isEqualTo(Gap.Reason.SINK_DRIFTED);
    assertThat(runtime.progress().status("test", runtime.states().state()).lastError())
        .isEqualTo("a test's fault");
  }

  @Test
  void nothingIsWrittenWithoutEvents() throws Exception {
    meanwhile(written::add).write(List.of(), 9, pass());
    assertThat(written).isEmpty();
  }
}
