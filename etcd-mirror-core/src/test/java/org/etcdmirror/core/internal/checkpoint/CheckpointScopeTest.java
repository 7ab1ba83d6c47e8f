package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointScopeTest {

  private static final String LEFT_OUT = "f (some left out)";
  private static final CheckpointScope WHOLE = new CheckpointScope("f", false);
  private static final CheckpointScope PART = new CheckpointScope("f", true);

  @Test
  void levelScopeSaysWhetherEntriesWereLeftOut() {
    assertThat(WHOLE.level()).isEqualTo("f");
    assertThat(PART.level()).isEqualTo(LEFT_OUT);
  }

  @Test
  void otherFingerprintIsAnotherScope() {
    for (CheckpointScope scope : List.of(WHOLE, PART)) {
      assertThat(scope.isChanged("g")).isTrue();
      assertThat(scope.isSame("g")).isFalse();
      for (String same : List.of("f", LEFT_OUT)) {
        assertThat(scope.isChanged(same)).isFalse();
        assertThat(scope.isSame(same)).isTrue();
      }
    }
  }

  @Test
  void checkpointWithoutAScopeIsNeitherSameNorChanged() {
    assertThat(WHOLE.isChanged(null)).isFalse();
    assertThat(WHOLE.isSame(null)).isFalse();
    assertThat(WHOLE.isCompareFirst(null)).isFalse();
  }

  @Test
  void runThatLeavesNothingOutComparesWhatWasLeftOut() {
    assertThat(WHOLE.isCompareFirst(LEFT_OUT)).isTrue();
    assertThat(WHOLE.isCompareFirst("f")).isFalse();
    assertThat(PART.isCompareFirst(LEFT_OUT)).isFalse();
  }
}
