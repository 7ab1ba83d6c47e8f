package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SinkIdentity;
import org.etcdmirror.core.store.FileIndexStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An index in a file, and a sink whose identity shows whether the index belongs to it. */
class MirrorIdentityTest extends MirrorFixture {

  /** The identity that the next check finds in the sink. */
  enum Found {
    NONE,
    ANOTHER,
    OLDER;

    @Nullable SinkIdentity instead(SinkIdentity present) {
      return switch (this) {
        case NONE -> null;
        case ANOTHER -> new SinkIdentity("another", present.index() + 1000);
        case OLDER -> new SinkIdentity(present.id(), present.index() - 1);
      };
    }
  }

  private final FakeIdentifiedSink identified = new FakeIdentifiedSink();
  private final Path file;

  MirrorIdentityTest(@TempDir Path directory) {
    this.file = directory.resolve("index");
  }

  @BeforeEach
  void useIt() {
    sink = identified;
    source.put("/conf/kept", "1");
    source.put("/conf/more", "2");
  }

  private Consumer<EtcdMirrorBuilder> inFile() {
    return b ->
        b.indexStore(FileIndexStore.at(file))
            .sinkInterval(Duration.ofMillis(20))
            .deleteLimit(DeleteLimit.percent(100));
  }

  private void run() throws Exception {
    following(inFile()).close();
  }

  private SinkIdentity present() {
    return requireNonNull(identified.present());
  }

  @Test
  void sinkWithSameIdentityIsResumedFromIndex() throws Exception {
    run();
    String id = present().id();
    identified.forgetBatches();
    source.put("/conf/new", "3");
    run();
    assertThat(told.reasons()).isEmpty();
    assertThat(identified.values()).isEqualTo(source.values());
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
    assertThat(identified.written()).extracting(SinkIdentity::id).containsOnly(id);
  }

  @ParameterizedTest
  @EnumSource
  void nextRunDetectsReplacedEmptyOrRestoredSink(Found found) throws Exception {
    run();
    SinkIdentity before = present();
    identified.preset(found.instead(before));
    identified.lose("/conf/kept");
    EtcdMirror foreseeing = mirror(inFile());
    assertThat(foreseeing.foreseeGap())
        .map(Gap::reason)
        .isEqualTo(Optional.of(Gap.Reason.SINK_ROLLED_BACK));
    run();
    assertThat(told.reasons()).containsExactly(Gap.Reason.SINK_ROLLED_BACK);
    assertThat(identified.values()).isEqualTo(source.values());
    assertThat(present().id()).as("an id of its own").isNotEqualTo(before.id());
    run();
    assertThat(told.reasons()).as("the next run finds no gap").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void runningMirrorDetectsReplacedEmptyOrRestoredSink(Found found) throws Exception {
    EtcdMirror mirror = following(inFile());
    eventually(() -> present().index() == source.index());
    identified.lose("/conf/kept");
    identified.preset(found.instead(present()));
    eventually(() -> told.ended.size() == 1);
    assertThat(told.reasons()).containsExactly(Gap.Reason.SINK_ROLLED_BACK);
    level(mirror);
    assertThat(identified.values()).isEqualTo(source.values());
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  /** The comparison did not finish, so the next run must not trust the index. */
  @Test
  void nextRunFinishesRepairOfRolledBackSink() throws Exception {
    run();
    identified.preset(Found.OLDER.instead(present()));
    identified.lose("/conf/kept");
    source.faults.failAlways("snapshot", () -> new IOException("away"));
    EtcdMirror first = started(inFile());
    eventually(() -> source.faults.calls("snapshot") > 1);
    first.close();
    source.faults.heal("snapshot");
    run();
    assertThat(identified.values()).isEqualTo(source.values());
  }

  /** Events applied after the identity was written may be missing from the data. */
  @Test
  void runResumesFromIndexOfSinkIdentity() throws Exception {
    identified.writesEvery(Duration.ofHours(1));
    EtcdMirror first = following(inFile());
    source.put("/conf/late", "3");
    source.delete("/conf/more");
    level(first);
    first.close();
    assertThat(present().index()).isLessThan(source.index());
    identified.lose("/conf/late");
    identified.preset("/conf/more", "2");
    run();
    assertThat(identified.values()).isEqualTo(Map.of("/conf/kept", "1", "/conf/late", "3"));
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void identityIsWrittenAtOnceAfterSourceGoesBack() throws Exception {
    identified.writesEvery(Duration.ofHours(1));
    source.foreignWrites(1000);
    run();
    source.goBackTo(2);
    source.put("/conf/new", "1");
    run();
    List<Long> indexes = identified.written().stream().map(SinkIdentity::index).toList();
    assertThat(indexes.get(indexes.size() - 1)).isLessThanOrEqualTo(source.index());
    run();
    assertThat(identified.values()).isEqualTo(source.values());
  }
}
