package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

/** Notes with random damage are read or refused, and never fail in another way. */
class HostileNotesTest {

  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 3_000);
  private static final int FIRST_SEED = Integer.getInteger("fuzz.seed", 0);

  private static final List<String> NOTES =
      List.of(
          "7 12 /conf/a",
          "3 5 8",
          "/a b\n0x00ff",
          "FORCED at index 7 since 2026-01-02T03:04:05Z; SINK_DRIFTED at index 7 since"
              + " 2026-01-02T03:04:05Z",
          "source 1, target 2, cluster c, compared 3, left out 4, at 2026-01-02T03:04:05Z",
          "keys PATHS PATHS\nfrom /a\nto /b\nexclude 0 /a/x.*\nkeys BYTES BYTES\nfrom /c\nto /d",
          "/B5csA==");

  private static final List<String> PIECES =
      List.of(
          "",
          " ",
          "\n",
          "; ",
          "-",
          "0x",
          "0xf",
          "9999999999999999999",
          "-1",
          "1e9",
          "(",
          "[",
          "\\",
          "+1000000000-01-01T00:00:00Z",
          "keys ",
          "from ",
          "exclude 4096 ",
          "\ud800",
          "\0",
          "a".repeat(5_000),
          "(a+)+".repeat(50));

  @Test
  void damagedNoteIsReadOrRefused() {
    for (int seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
      String note = damaged(new Random(seed));
      endsWell(seed, () -> AnchorNote.read("link", stored(AnchorNote.NEWEST, note), "anchor"));
      endsWell(seed, () -> LastChangeNote.read("link", stored(LastChangeNote.NAME, note)));
      endsWell(seed, () -> HiddenNote.keys("link", Map.of(HiddenNote.NAME, note)));
      endsWell(seed, () -> CompareNote.read(stored(CompareNote.NOW, note)));
      endsWell(seed, () -> CutoverMark.of(stored("cutover", note)));
      endsWell(seed, () -> new ExpiringKeys().resume(note));
      endsWell(seed, () -> MovedNotes.at(stored(FormerScopes.NOTE, note), 3, Instant.EPOCH));
      Throwable thrown = catchThrowable(() -> ScopeNote.split(note).forEach(ScopeNote::parse));
      assertThat(thrown)
          .as("seed %d", seed)
          .satisfiesAnyOf(
              none -> assertThat(none).isNull(),
              refused -> assertThat(refused).isInstanceOf(IllegalArgumentException.class));
    }
  }

  private static Checkpoint stored(String name, String note) {
    return new Checkpoint(9, "c", "s", Instant.EPOCH).withNotes(Map.of(name, note));
  }

  private static void endsWell(int seed, ThrowingCallable reading) {
    Throwable thrown = catchThrowable(reading);
    if (thrown != null) {
      assertThat(thrown).as("seed %d", seed).isInstanceOf(PermanentException.class);
      assertThat(thrown.getMessage()).as("seed %d", seed).hasSizeLessThan(2_000);
    }
  }

  private static String damaged(Random random) {
    StringBuilder text = new StringBuilder(NOTES.get(random.nextInt(NOTES.size())));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(8));
      switch (random.nextInt(3)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        default -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }
}
