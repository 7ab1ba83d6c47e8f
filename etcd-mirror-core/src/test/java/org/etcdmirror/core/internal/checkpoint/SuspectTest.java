package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.junit.jupiter.api.Test;

class SuspectTest {

  private static boolean covers(Suspect suspect, String key) {
    return suspect.covers(Bytes.utf8(key));
  }

  @Test
  void keyCoversItselfAlone() {
    Suspect key = Suspect.of(Touched.key(Bytes.utf8("/a")));
    assertThat(covers(key, "/a")).isTrue();
    assertThat(covers(key, "/a/b")).isFalse();
  }

  @Test
  void treeCoversWhatIsBelowIt() {
    Suspect tree = Suspect.of(Touched.tree(Bytes.utf8("/a")));
    assertThat(covers(tree, "/a")).isTrue();
    assertThat(covers(tree, "/a/b")).isTrue();
    assertThat(covers(tree, "/ab")).isFalse();
  }

  @Test
  void everythingCoversEachKey() {
    assertThat(covers(Suspect.EVERYTHING, "/any")).isTrue();
  }
}
