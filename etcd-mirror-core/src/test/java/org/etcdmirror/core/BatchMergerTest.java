package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.flow.BatchMerger;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.junit.jupiter.api.Test;

class BatchMergerTest extends MirrorFixture {

  private static final Bytes KEY = Bytes.utf8("/conf/a");

  /** A deleted tree under a renaming transform: its keys are unknown. */
  @Test
  void eventThatNeedsComparisonDoesNotMoveAnchor() {
    EtcdMirror mirror = mirror();
    MirrorRuntime runtime = mirror.runtime();
    Anchors anchors = new Anchors(runtime.sides().mapper());
    BatchMerger merger =
        new BatchMerger(
            mirror.settings().limits(),
            runtime.sides(),
            runtime.progress(),
            new WorkQueue(10, 1000),
            anchors);
    Put put = new Put(KEY, Bytes.EMPTY, 5, null);
    List<Anchors.Standing> standing = List.of(new Anchors.Standing(KEY, 5, List.of(KEY)));
    merger.gather(new Work.Events("cluster-1", batch(5, put), standing, LastChange.at(5), 0, 0), 4);
    assertThat(anchors.newest()).isEqualTo(new Anchor(KEY, 5, 5));

    BatchMerger.Gathered gathered =
        merger.gather(
            new Work.Events("cluster-1", batch(6), List.of(), new LastChange(0, 0, 6), 6, 0), 5);
    assertThat(gathered.batch().events()).isEmpty();
    assertThat(gathered.batch().index()).isEqualTo(6);
    assertThat(gathered.comparedAt()).isEqualTo(6);
    assertThat(anchors.newest()).isEqualTo(new Anchor(KEY, 5, 5));

    merger.gather(
        new Work.Events("cluster-1", batch(7), List.of(), new LastChange(0, 0, 7), 6, 0), 6);
    assertThat(anchors.newest()).isEqualTo(new Anchor(KEY, 5, 7));
  }

  private static EventBatch batch(long index, MirrorEvent... events) {
    return EventBatch.of(List.of(events), index, index);
  }
}
