package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When an index that moved without a write is stored. */
class QuietProgressTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Checkpoint STORED = new Checkpoint(10, "c", "s", Instant.EPOCH);

  private long writtenThrough;

  /** A sink in the source's cluster that made the changes through an index. */
  private final FakeSink sink =
      new FakeSink(KeyModel.PATHS) {
        @Override
        public SinkCluster cluster() {
          return new SinkCluster() {
            @Override
            public SourceHead head() {
              return new SourceHead("c", 10);
            }

            @Override
            public boolean hasWritten(long index) {
              return index <= writtenThrough;
            }

            @Override
            public Anchor.Check check(Anchor anchor) {
              return Anchor.Check.UNKNOWN;
            }
          };
        }
      };

  private final QuietProgress quiet = quiet(Duration.ZERO);

  private QuietProgress quiet(Duration interval) {
    return new QuietProgress(sink, new InMemoryIndexStore(), interval);
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c", "s", Instant.EPOCH);
  }

  private boolean isDue(Checkpoint wanted, @Nullable Checkpoint stored) {
    return quiet.isDue(wanted, stored, false, true);
  }

  @Test
  void unchangedCheckpointIsNotStoredAgain() {
    assertThat(isDue(STORED, STORED)).isFalse();
    assertThat(isDue(new Checkpoint(10, "c", "s", Instant.now()), STORED))
        .as("only its time differs")
        .isFalse();
  }

  @Test
  void eachOtherChangeIsStored() {
    assertThat(isDue(STORED, null)).isTrue();
    assertThat(isDue(at(11), STORED)).isTrue();
    assertThat(isDue(at(9), STORED)).isTrue();
    assertThat(isDue(STORED.whileApplying(12), STORED)).isTrue();
    assertThat(isDue(new Checkpoint(10, "other", "s", Instant.EPOCH), STORED)).isTrue();
    assertThat(isDue(new Checkpoint(10, "c", "other", Instant.EPOCH), STORED)).isTrue();
    assertThat(isDue(STORED.withNotes(Map.of("n", "v")), STORED)).isTrue();
  }

  @Test
  void doubtThatIsNotStoredIsStoredThoughNothingElseChanged() {
    assertThat(quiet.isDue(STORED, STORED, true, false)).isTrue();
    QuietProgress justStored = quiet(HOUR);
    assertThat(justStored.isDue(STORED, STORED, true, true)).isTrue();
    assertThat(justStored.isDue(STORED, STORED, true, false)).as("not before its time").isFalse();
  }

  @Test
  void indexThatMovesIsStoredOnceInAnInterval() {
    assertThat(quiet.isDue(at(11), STORED, false, false)).isTrue();
    assertThat(quiet.isDue(STORED, STORED, false, false)).isFalse();
    assertThat(quiet(HOUR).isDue(at(11), STORED, false, false)).isFalse();
    assertThat(quiet(HOUR).isDue(at(11), STORED, false, true)).isTrue();
  }

  @Test
  void ownWritesInOneClusterDoNotCauseTheNext() {
    quiet.inOneCluster(true);
    writtenThrough = 1000;
    assertThat(quiet.isDue(at(11), STORED, false, false)).isFalse();
    assertThat(quiet.isDue(at(110), STORED, false, false)).isFalse();
    assertThat(quiet.isDue(at(111), STORED, false, false)).as("they fill the history").isTrue();
    assertThat(quiet.isDue(at(9), STORED, false, false)).as("the source went back").isTrue();
    assertThat(quiet.isDue(at(11).withNotes(Map.of("n", "v")), STORED, false, false))
        .as("there is news besides")
        .isTrue();
    assertThat(quiet.isDue(at(11).withNotes(Map.of("anchor", "1 2 a")), STORED, false, false))
        .as("a note about the source alone")
        .isFalse();
    assertThat(quiet.isDue(at(11).whileApplying(12), STORED, false, false)).isTrue();
    assertThat(quiet.isDue(at(11), null, false, false)).isTrue();
  }

  @Test
  void writesOfOthersAreStored() {
    quiet.inOneCluster(true);
    writtenThrough = 11;
    assertThat(quiet.isDue(at(11), STORED, false, false)).isFalse();
    assertThat(quiet.isDue(at(12), STORED, false, false)).isTrue();
  }

  @Test
  void indexesOfAnotherClusterAreNotItsOwn() {
    writtenThrough = 1000;
    assertThat(quiet.isDue(at(11), STORED, false, false)).isTrue();
  }
}
