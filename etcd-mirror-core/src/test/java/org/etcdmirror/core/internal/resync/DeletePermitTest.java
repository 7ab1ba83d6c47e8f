package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** What a person permitted is permitted once, and for what the person has seen. */
class DeletePermitTest {

  private static final Bytes OLD = Bytes.utf8("/old");
  private static final Bytes OLDER = Bytes.utf8("/older");

  private final FormerEntries former = former();

  private static FormerEntries former() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    Checkpoint stored =
        new Checkpoint(5, "c", null, Instant.EPOCH)
            .withNotes(CheckpointNotes.of(before.mapper(), List.of()));
    UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    return new CheckpointNotes(mirror.settings(), mirror.runtime()).formerEntries(stored);
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 9, 9);
  }

  private static Delete delete(String key) {
    return new Delete(Bytes.utf8(key), 9);
  }

  @Test
  void permitCoversAsManyDeletesAsItNames() {
    DeletePermit permit = new DeletePermit(3, false, Map.of());
    assertThat(permit.covers(3, false, Map.of())).isTrue();
    assertThat(permit.covers(4, false, Map.of())).isFalse();
    assertThat(DeletePermit.NONE.covers(0, false, Map.of())).isTrue();
    assertThat(DeletePermit.NONE.covers(1, false, Map.of())).isFalse();
  }

  @Test
  void emptySourceNeedsAPermitOfItsOwn() {
    assertThat(new DeletePermit(3, false, Map.of()).covers(3, true, Map.of())).isFalse();
    assertThat(new DeletePermit(3, true, Map.of()).covers(3, true, Map.of())).isTrue();
    assertThat(new DeletePermit(3, true, Map.of()).covers(3, false, Map.of())).isTrue();
  }

  @Test
  void eachFormerPrefixNeedsAPermitOfItsOwn() {
    DeletePermit permit = new DeletePermit(9, false, Map.of(OLD, 2L));
    assertThat(permit.covers(9, false, Map.of(OLD, 2L))).isTrue();
    assertThat(permit.covers(9, false, Map.of(OLD, 3L))).isFalse();
    assertThat(permit.covers(9, false, Map.of(OLD, 1L, OLDER, 1L))).isFalse();
  }

  @Test
  void deletesThatAreDoneUseThePermitUp() {
    DeletePermit permit = new DeletePermit(3, true, Map.of(OLD, 2L));
    Put put = new Put(Bytes.utf8("/conf/p"), Bytes.EMPTY, 9, null);
    assertThat(permit.without(batch(put, delete("/conf/a")), former))
        .isEqualTo(new DeletePermit(2, true, Map.of(OLD, 2L)));
    assertThat(permit.without(batch(delete("/old/a")), former))
        .isEqualTo(new DeletePermit(2, true, Map.of(OLD, 1L)));
  }

  @Test
  void usedUpPermitAllowsNothingMore() {
    DeletePermit permit = new DeletePermit(1, false, Map.of(OLD, 1L));
    DeletePermit left =
        permit.without(batch(delete("/old/a"), delete("/old/b"), delete("/conf/c")), former);
    assertThat(left).isEqualTo(new DeletePermit(0, false, Map.of(OLD, 0L)));
  }
}
