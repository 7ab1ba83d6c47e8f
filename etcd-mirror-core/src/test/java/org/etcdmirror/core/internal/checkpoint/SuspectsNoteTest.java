package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.checkpoint.Suspect.Reach;
import org.etcdmirror.core.internal.run.Backoff;
import org.junit.jupiter.api.Test;

class SuspectsNoteTest {

  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  private static SuspectGroup group(String endpoint, Suspect... suspects) {
    SuspectGroup group = new SuspectGroup(endpoint, SINCE, Backoff.Range.DEFAULT);
    group.add(List.of(suspects));
    return group;
  }

  @Test
  void suspectsNoteRoundTrips() {
    Suspect odd = new Suspect(Reach.KEY, Bytes.utf8("/a b\nkey tree"));
    Suspect binary = new Suspect(Reach.KEY, Bytes.of(new byte[] {0, -1, 10}));
    Suspect tree = new Suspect(Reach.TREE, Bytes.utf8("/"));
    String note =
        SuspectsNote.format(
            List.of(group("http://[::1]:2379", odd, binary), group("", tree, Suspect.EVERYTHING)));
    List<SuspectsNote.Lost> read = SuspectsNote.parse(note);
    assertThat(read)
        .containsExactly(
            new SuspectsNote.Lost("http://[::1]:2379", SINCE, List.of(odd, binary)),
            new SuspectsNote.Lost("", SINCE, List.of(tree, Suspect.EVERYTHING)));
    Checkpoint without = new Checkpoint(1, "c", "s", SINCE);
    assertThat(MirrorStatus.Suspects.storedIn(without)).isNull();
    assertThat(MirrorStatus.Suspects.storedIn(without.withNotes(Map.of(SuspectsNote.NAME, note))))
        .isEqualTo(new MirrorStatus.Suspects(4, SINCE, List.of("http://[::1]:2379", "")))
        .extracting(MirrorStatus.Suspects::describe)
        .isEqualTo("4 since 2026-01-02T03:04:05Z, sent to http://[::1]:2379");
  }

  @Test
  void invalidSuspectsNoteIsRefused() {
    for (String bad :
        Set.of("", "key /a", "lost x y\nkey /a", "lost " + SINCE + " -\nother /a", "lost", "key")) {
      assertThatThrownBy(() -> SuspectsNote.parse(bad))
          .as("'%s'", bad)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining(SuspectsNote.NAME);
    }
  }
}
