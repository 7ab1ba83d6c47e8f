package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.junit.jupiter.api.Test;

/**
 * Contract of an {@link org.etcdmirror.api.EventSink} of {@link org.etcdmirror.api.KeyModel#PATHS}:
 * all of {@link EventSinkContract}, and that directories are part of the state.
 */
public abstract class PathSinkContract extends EventSinkContract {

  /** For subclasses. */
  protected PathSinkContract() {}

  @Test
  void makesDirectories() throws Exception {
    apply(directory("/d"), directory("/e/f"), put("/g/h", "1"));
    assertThat(directories()).containsExactlyInAnyOrder("/d", "/e", "/e/f", "/g");
    assertThat(values()).isEqualTo(Map.of("/g/h", "1"));
  }

  @Test
  void makingADirectoryAgainKeepsWhatIsInIt() throws Exception {
    apply(directory("/d"), put("/d/x", "1"));
    apply(directory("/d"));
    assertThat(values()).isEqualTo(Map.of("/d/x", "1"));
  }

  @Test
  void deleteRemovesAnEmptyDirectoryAndLeavesAFullOne() throws Exception {
    apply(directory("/empty"), put("/full/x", "1"));
    apply(delete("/empty"), delete("/full"));
    assertThat(directories()).containsExactly("/full");
    assertThat(values()).isEqualTo(Map.of("/full/x", "1"));
  }

  @Test
  void deletingTheLastKeyAndItsDirectoryInOneBatchRemovesBoth() throws Exception {
    apply(put("/d/e/x", "1"));
    apply(delete("/d/e/x"), delete("/d/e"), delete("/d"));
    assertThat(contents().stream().map(MirrorEvent::key)).doesNotContain(key("/d"), key("/d/e"));
  }

  @Test
  void deletingTheLastKeyLeavesItsDirectory() throws Exception {
    apply(put("/d/x", "1"));
    apply(delete("/d/x"));
    assertThat(directories()).containsExactly("/d");
  }

  @Test
  void deleteTreeRemovesDirectories() throws Exception {
    apply(directory("/t/a/b"), put("/t/c/d", "1"), directory("/ta"));
    apply(deleteTree("/t"));
    assertThat(directories()).containsExactly("/ta");
    assertThat(values()).isEmpty();
  }

  @Test
  void aValueReplacesADirectoryAndBack() throws Exception {
    apply(put("/n/x", "1"), directory("/n/y"));
    apply(put("/n", "value"));
    assertThat(values()).isEqualTo(Map.of("/n", "value"));
    assertThat(directories()).isEmpty();

    apply(directory("/n"));
    assertThat(values()).isEmpty();
    assertThat(directories()).containsExactly("/n");

    apply(deleteTree("/n"), put("/n", "value"));
    apply(delete("/n"), put("/n/deep/x", "2"));
    assertThat(values()).isEqualTo(Map.of("/n/deep/x", "2"));
    assertThat(directories()).containsExactlyInAnyOrder("/n", "/n/deep");
  }

  @Test
  void applyingOldBatchesAgainSurvivesChangesOfKind() throws Exception {
    List<EventBatch> batches =
        List.of(
            batch(put("/n/x", "1"), put("/m", "1")),
            batch(deleteTree("/n"), put("/n", "2"), delete("/m"), put("/m/y/z", "2")),
            batch(delete("/n"), put("/n/a", "3"), deleteTree("/m"), put("/m", "3")),
            batch(deleteTree("/n"), directory("/n/b"), put("/m", "4")));
    for (int from = 0; from < batches.size(); from++) {
      for (EventBatch batch : batches) {
        sink.apply(batch);
      }
      for (EventBatch batch : batches.subList(from, batches.size())) {
        sink.apply(batch);
      }
      assertThat(values()).as("again from batch %d", from).isEqualTo(Map.of("/m", "4"));
      assertThat(directories()).containsExactlyInAnyOrder("/n", "/n/b");
    }
  }

  @Test
  void snapshotListsADirectoryBeforeWhatIsInIt() throws Exception {
    apply(put("/d/x", "1"), directory("/d/empty"), put("/d-e", "2"));
    assertThat(contents().stream().map(MirrorEvent::key).filter(key -> !key.equals(key(""))))
        .containsExactly(key("/d"), key("/d-e"), key("/d/empty"), key("/d/x"));
  }
}
