package org.etcdmirror.service.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.Test;

/** What stands before a source lets everything through, also what a source need not have. */
class SideTest {

  private static final Selection ALL = Selection.of(Bytes.utf8("/"));

  @Test
  void methodThatASourceHasIsItsOwn() throws Exception {
    InspectableSource side = named(new KnowingSource());

    assertThat(side.history(ALL)).isEqualTo(new SourceHistory(7, 41));
    assertThat(side.check(new Anchor(Bytes.utf8("/a"), 1, 2))).isEqualTo(Anchor.Check.BROKEN);
  }

  @Test
  void methodThatASourceLacksIsTheDefault() throws Exception {
    InspectableSource side = named(new TinySource());

    assertThat(side.history(ALL)).isEqualTo(new SourceHistory(0, 41));
    assertThat(side.check(new Anchor(Bytes.utf8("/a"), 1, 2))).isEqualTo(Anchor.Check.UNKNOWN);
    assertThat(side.storedLinks()).isEqualTo(List.of());
    try (Snapshot second = side.secondSnapshot(ALL)) {
      assertThat(second.head().index()).isEqualTo(41);
    }
  }

  @Test
  void failureOfSuchAMethodTellsTheSide() {
    InspectableSource side = named(new KnowingSource());

    assertThatThrownBy(side::storedLinks)
        .isInstanceOf(PermanentException.class)
        .hasMessage("source tiny:x: nobody may list them");
  }

  private static InspectableSource named(EventSource source) {
    return InspectableSource.of(Side.named("source tiny:x", EventSource.class, source));
  }

  private static final class KnowingSource extends TinySource implements InspectableSource {

    @Override
    public SourceHistory history(Selection selection) {
      return new SourceHistory(7, 41);
    }

    @Override
    public Anchor.Check check(Anchor anchor) {
      return Anchor.Check.BROKEN;
    }

    @Override
    public List<StoredLink> storedLinks() {
      throw new PermanentException("nobody may list them");
    }
  }
}
