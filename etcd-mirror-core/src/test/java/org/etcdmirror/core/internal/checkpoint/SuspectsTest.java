package org.etcdmirror.core.internal.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A write of unknown outcome is never forgotten: not by a restart, nor if there are too many. */
class SuspectsTest {

  private static final String WRITING = "writing";
  private static final String ENDPOINT = "http://e:1";

  /** A sink whose writes may have an effect after the process that sent them has ended. */
  private static FakeSink late(Duration effects) {
    return new FakeSink(KeyModel.PATHS) {
      @Override
      public Duration lateEffects() {
        return effects;
      }
    };
  }

  private final MirrorRuntime runtime = runtime(late(Duration.ofSeconds(9)));
  private final Suspects suspects = suspects(runtime);

  private static MirrorRuntime runtime(FakeSink sink) {
    return new UnstartedMirror(new FakeSource(KeyModel.PATHS), sink).runtime();
  }

  private static Suspects suspects(MirrorRuntime runtime) {
    UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    return new Suspects(mirror.settings(), runtime);
  }

  private static OutcomeUnknownException lost(String endpoint, String... keys) {
    List<Touched> touched = new ArrayList<>();
    for (String key : keys) {
      touched.add(new Touched(Bytes.utf8(key), false, endpoint));
    }
    return new OutcomeUnknownException("a test's fault", touched, null);
  }

  private static Map<String, String> notes(Suspects suspects) {
    Map<String, String> notes = new TreeMap<>();
    suspects.note(notes);
    return notes;
  }

  private static Checkpoint checkpoint(Map<String, String> notes) {
    return new Checkpoint(5, "c", null, Instant.EPOCH).withNotes(notes);
  }

  private MirrorStatus.@Nullable Suspects shown() {
    return runtime.progress().status("test", runtime.states().state()).suspects();
  }

  private static List<Suspect> of(SuspectGroup group) {
    return List.copyOf(group.suspects());
  }

  @Test
  void lostWriteIsASuspectUntilItIsCleared() {
    assertThat(suspects.isEmpty()).isTrue();
    assertThat(suspects.due()).isEmpty();
    suspects.add(lost(ENDPOINT, "/a"));
    assertThat(suspects.isEmpty()).isFalse();
    assertThat(suspects.due()).hasSize(1);
    assertThat(notes(suspects)).containsOnlyKeys(SuspectsNote.NAME);
    assertThat(requireNonNull(shown()).count()).isEqualTo(1);
    assertThat(requireNonNull(shown()).endpoints()).containsExactly(ENDPOINT);
    suspects.clear(suspects.due().get(0));
    assertThat(suspects.isEmpty()).isTrue();
    assertThat(notes(suspects)).isEmpty();
    assertThat(shown()).isNull();
  }

  @Test
  void suspectsOfEachEndpointAreCleared() {
    suspects.add(lost(ENDPOINT, "/a"));
    suspects.add(lost("http://e:2", "/b"));
    suspects.clear(suspects.due().get(0));
    assertThat(suspects.due())
        .singleElement()
        .extracting(SuspectGroup::endpoint)
        .isEqualTo("http://e:2");
  }

  @Test
  void groupThatIsNotDueIsNotReturned() {
    suspects.add(lost(ENDPOINT, "/a"));
    suspects.due().get(0).answeredNow(Duration.ofHours(1));
    assertThat(suspects.due()).isEmpty();
  }

  @Test
  void firstLossOfAnEndpointIsLogged() {
    try (CapturedLog log = new CapturedLog()) {
      suspects.add(lost(ENDPOINT, "/a"));
      suspects.add(lost("", "/b"));
      suspects.add(lost(ENDPOINT, "/c"));
      assertThat(log.warnings()).hasSize(2);
      assertThat(log.warnings().get(0)).endsWith("key='/a' endpoint=" + ENDPOINT);
      assertThat(log.warnings().get(1)).endsWith("key='/b' endpoint=the sink");
    }
  }

  @Test
  void nextRunKnowsTheSuspects() {
    suspects.add(lost(ENDPOINT, "/a", "/b"));
    Suspects next = suspects(runtime);
    next.loaded(checkpoint(notes(suspects)));
    assertThat(notes(next)).isEqualTo(notes(suspects));
    assertThat(next.due()).singleElement().satisfies(group -> assertThat(of(group)).hasSize(2));
    next.loaded(checkpoint(Map.of()));
    assertThat(next.isEmpty()).as("another checkpoint without suspects").isTrue();
  }

  @Test
  void tooManySuspectsBecomeEverything() {
    String[] keys = new String[Suspects.MOST + 1];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "/" + i;
    }
    suspects.add(lost(ENDPOINT, Arrays.copyOf(keys, Suspects.MOST)));
    assertThat(suspects.takeOverflow()).isFalse();
    suspects.add(lost(ENDPOINT, keys));
    assertThat(of(suspects.due().get(0))).containsExactly(Suspect.EVERYTHING);
    assertThat(suspects.takeOverflow()).isTrue();
    assertThat(suspects.takeOverflow()).as("told once").isFalse();
  }

  @Test
  void tooLargeSuspectsBecomeEverything() {
    String half = "/" + "k".repeat(128 * 1024);
    suspects.add(lost(ENDPOINT, half));
    assertThat(suspects.takeOverflow()).isFalse();
    suspects.add(lost(ENDPOINT, half + "2"));
    assertThat(suspects.takeOverflow()).isTrue();
  }

  @Test
  void tooManyEndpointsOfACheckpointBecomeEverything() {
    Map<String, String> notes = new TreeMap<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= 100; i++) {
      text.append(i == 0 ? "" : "\n").append("lost 2026-01-02T03:04:05Z http://e:").append(i);
      text.append("\nkey /a");
    }
    notes.put(SuspectsNote.NAME, text.toString());
    suspects.loaded(checkpoint(notes));
    assertThat(suspects.due())
        .singleElement()
        .satisfies(group -> assertThat(of(group)).containsExactly(Suspect.EVERYTHING));
    notes.put(SuspectsNote.NAME, text.substring(0, text.lastIndexOf("\nlost")));
    suspects.loaded(checkpoint(notes));
    assertThat(suspects.due()).hasSize(100);
  }

  @Test
  void runThatDiedDuringItsWritesMakesAllSuspect() {
    suspects.writes();
    assertThat(notes(suspects)).containsOnlyKeys(WRITING);
    Suspects next = suspects(runtime);
    next.loaded(checkpoint(notes(suspects)));
    assertThat(next.due())
        .singleElement()
        .satisfies(group -> {
          assertThat(of(group)).containsExactly(Suspect.EVERYTHING);
          assertThat(group.comparesOnlyLate()).isTrue();
          assertThat(group.endpoint()).isEmpty();
        });
  }

  @Test
  void orderlyEndLeavesNoMark() {
    suspects.writes();
    suspects.ends();
    assertThat(notes(suspects)).isEmpty();
  }

  @Test
  void sinkWithoutLateEffectsNeedsNoMark() {
    Suspects punctual = suspects(runtime(late(Duration.ZERO)));
    punctual.writes();
    assertThat(notes(punctual)).isEmpty();
    punctual.loaded(checkpoint(Map.of(WRITING, "x")));
    assertThat(punctual.isEmpty()).isTrue();
    punctual.add(lost(ENDPOINT, "/a"));
    assertThat(punctual.isEmpty()).as("an answer may be lost all the same").isFalse();
  }

  @Test
  void noteIsStoredBeforeTheNextWriteIfItChanged() {
    assertThat(suspects.isNews(Map.of())).isFalse();
    suspects.writes();
    assertThat(suspects.isNews(Map.of())).isTrue();
    assertThat(suspects.isNews(notes(suspects))).isFalse();
    suspects.add(lost(ENDPOINT, "/a"));
    assertThat(suspects.isNews(Map.of(WRITING, "x"))).isTrue();
    assertThat(suspects.isNews(notes(suspects))).isFalse();
  }

  @Test
  void oldNotesAreReplaced() {
    Map<String, String> notes = new TreeMap<>(Map.of(WRITING, "x", SuspectsNote.NAME, "y"));
    suspects.note(notes);
    assertThat(notes).isEmpty();
  }
}
