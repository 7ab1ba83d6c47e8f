package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.soak.SourceHistory.Change;
import org.junit.jupiter.api.Test;

final class TurnsTest {

  private static final String CHECKPOINT = "/__replication/soak";

  private final Tally tally = new Tally();
  private final Turns turns = new Turns(CHECKPOINT, tally);

  private void writes(long revision, String writer) {
    turns.add(
        revision,
        List.of(new Change("/soak/a", "writer=x"), new Change(CHECKPOINT, text(revision, writer))));
  }

  private static String text(long revision, String writer) {
    return "index=" + revision + "\nwriter=" + writer + "\n";
  }

  @Test
  void acceptsWritersThatFollowEachOther() {
    writes(2, "one");
    writes(3, "one");
    writes(4, "two");
    writes(6, "three");
    assertThat(tally.losses()).isEmpty();
    assertThat(tally.of("turns of writers", "seen")).isEqualTo(3);
    assertThat(turns.newest()).isEqualTo(6);
  }

  @Test
  void findsAFormerWriterThatWritesAgain() {
    writes(2, "one");
    writes(3, "two");
    writes(4, "one");
    assertThat(tally.losses())
        .containsExactly(
            "at revision 4 of the sink, writer=one wrote, whom writer=two had followed");
  }

  @Test
  void forgetsFormerWritersOfASinkThatIsPutBack() {
    writes(2, "one");
    writes(3, "two");
    turns.beginAnew();
    writes(2, "one");
    assertThat(tally.losses()).isEmpty();
  }

  @Test
  void goesOnBehindACompaction() {
    writes(2, "one");
    turns.compacted(9);
    assertThat(turns.newest()).isEqualTo(8);
  }
}
