package org.etcdmirror.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.jspecify.annotations.Nullable;

/**
 * One life of both clusters: a first copy, faults while an application writes, then peace, in which
 * both sides must become equal. Everything is drawn from the seed.
 */
final class Round implements Stage, AutoCloseable {

  private static final Duration STILL_WRITING = Duration.ofSeconds(2);
  private static final int FIRST_KEYS = 60;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final Path directory;
  private final Settings settings;
  private final List<Step> schedule;
  private final long seed;
  private final Tally tally = new Tally();
  private final Attempts attempts = new Attempts();
  private final SourceHistory history = new SourceHistory();
  private final Turns turns = new Turns(SinkReader.CHECKPOINT, tally);
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Cluster source;
  private final Cluster sink;
  private final Keyspace sourceKeys;
  private final Keyspace sinkKeys;
  private final Map<String, String> ownKeys;
  private final @Nullable MirrorClock clock;
  private @Nullable Mirrors mirrors;
  private @Nullable SinkReader reader;
  private @Nullable Recorder recorder;
  private @Nullable Recorder sinkRecorder;

  /**
   * A life that is to be performed.
   *
   * @param faults within which time faults begin
   * @param directory for data and logs
   */
  Round(long seed, Duration faults, Path directory) throws IOException {
    this.seed = seed;
    this.directory = Files.createDirectories(directory);
    // Spread, because seeds that are near each other begin with like numbers.
    Random random = new Random(seed * SPREAD);
    this.settings = Settings.draw(random, new Random(~seed * SPREAD), Pairing.of(seed));
    this.schedule = Schedule.draw(random, faults, settings.standby());
    source =
        opened(
            new Cluster(
                "source",
                settings.sourceEtcd(),
                directory,
                settings.sourceTls() ? certificates("source") : null));
    sink =
        opened(
            new Cluster(
                "sink",
                settings.sinkEtcd(),
                directory,
                settings.sinkTls() ? certificates("sink") : null));
    clock =
        settings.fakedClock() && Tools.faketime().isPresent()
            ? new MirrorClock(Tools.faketime().get(), directory)
            : null;
    sourceKeys = settings.pairing().source(source.urls());
    sinkKeys = settings.pairing().sink(sink.urls());
    ownKeys =
        Map.of("/own/a", "1", settings.scope().target() + Scope.PRIVATE + "sink", "the sink's own");
  }

  private TestCertificates certificates(String side) throws IOException {
    return TestCertificates.in(Files.createDirectories(directory.resolve(side + "-certificates")));
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  @Override
  public Cluster source() {
    return source;
  }

  @Override
  public Cluster sink() {
    return sink;
  }

  @Override
  public Keyspace sourceKeys() {
    return sourceKeys;
  }

  @Override
  public Keyspace sinkKeys() {
    return sinkKeys;
  }

  @Override
  public SourceHistory history() {
    return history;
  }

  @Override
  public Mirrors mirrors() {
    if (mirrors == null) {
      throw new IllegalStateException("the mirror is not started yet");
    }
    return mirrors;
  }

  @Override
  public Optional<MirrorClock> clock() {
    return Optional.ofNullable(clock);
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public void historyChanges(boolean ofSource) {
    if (reader != null) {
      reader.expectAnotherHistory();
    }
    if (recorder != null && ofSource) {
      recorder.pause(true);
    }
    if (sinkRecorder != null && !ofSource) {
      sinkRecorder.pause(true);
      turns.beginAnew();
    }
  }

  @Override
  public void historyHasChanged() {
    if (reader != null) {
      reader.anotherHistoryBegan();
    }
    if (recorder != null) {
      recorder.pause(false);
    }
    if (sinkRecorder != null) {
      sinkRecorder.pause(false);
    }
  }

  /** What happened. */
  Tally tally() {
    return tally;
  }

  /** What was drawn. */
  Settings settings() {
    return settings;
  }

  /** Lives it. Losses are in the {@link #tally()}. */
  void perform() throws Exception {
    fill();
    List<String> link = Link.options(settings, source, sink);
    if (sourceKeys instanceof V3Gateway v3) {
      recorder = opened(new Recorder(v3, source.urls(), history));
    }
    if (sinkKeys instanceof V3Gateway v3) {
      sinkRecorder = opened(new Recorder(v3, sink.urls(), turns));
    }
    try (Writer writer = writer()) {
      mirrors = opened(new Mirrors(settings, source, sink, directory, clock(), tally));
      mirrors.start();
      reader = opened(reader());
      if (Condition.comes(() -> mirrors().isLevel())) {
        new FaultRun(this, tally).perform(schedule);
        if (settings.standby()) {
          takeOverInPeace();
        }
        LockSupport.parkNanos(STILL_WRITING.toNanos());
      } else {
        tally.loss("the first copy is not level after " + Condition.PATIENCE);
      }
      writer.close();
      tally.count("writes", "answered", writer.done());
      tally.count("writes", "not answered", writer.failed());
    }
    new Equality(settings, sourceKeys, sinkKeys, link, directory, tally).await();
    if (recorder != null && recorder.failure() != null) {
      tally.loss("the source's history is not whole: " + recorder.failure());
    }
    if (sinkRecorder != null && sinkRecorder.failure() != null) {
      tally.loss("the sink's writers are not known: " + sinkRecorder.failure());
    }
  }

  /** Without other faults, the one that stands by must lead when the leader dies. */
  private void takeOverInPeace() throws Exception {
    if (!Condition.comes(() -> mirrors().areReady())) {
      tally.loss(
          "no leader with a warm standby, %s after the last fault".formatted(Condition.PATIENCE));
      return;
    }
    Instance leader = mirrors().leader();
    mirrors().met(leader, "a kill in peace");
    leader.keepDown(true);
    leader.kill();
    if (!Condition.comes(() -> mirrors().isLedByAnother(leader))) {
      tally.loss("no other instance leads %s after a kill".formatted(Condition.PATIENCE));
    }
    leader.keepDown(false);
  }

  /** What both sides hold before the first copy. */
  private void fill() throws Exception {
    source.start();
    sink.start();
    for (Keyspace side : List.of(sourceKeys, sinkKeys)) {
      if (!Condition.comes(() -> side.read().index() >= 0)) {
        throw new IllegalStateException("a cluster does not answer; its logs are in " + directory);
      }
    }
    for (Map.Entry<String, String> own : ownKeys.entrySet()) {
      sinkKeys.put(own.getKey(), own.getValue());
    }
    sourceKeys.put(Scope.PREFIX + Scope.PRIVATE + "source", "the source's own");
    for (int i = 0; i < FIRST_KEYS; i++) {
      String key = Scope.PREFIX + "a/k" + i;
      sourceKeys.put(key, attempts.value(key, "first"));
    }
  }

  private Writer writer() {
    Writes writes = settings.pairing().writes(sourceKeys, attempts, new Random(seed));
    return new Writer("writer", writes, settings.pace().toNanos());
  }

  private SinkReader reader() {
    return new SinkReader(
        sinkKeys,
        settings.scope(),
        attempts,
        ownKeys,
        tally,
        settings.copiesStates() ? history : null,
        SinkReader.FITS_WITHIN);
  }

  /** Writes down what a person needs to find out what was wrong, beside the logs. */
  void keepEvidence() throws IOException {
    Files.write(directory.resolve("settings.txt"), List.of(settings.toString()));
    Files.write(directory.resolve("schedule.txt"), schedule.stream().map(Step::toString).toList());
    Files.write(directory.resolve("source-history.txt"), history.lines());
    Files.write(directory.resolve("writers.txt"), turns.lines());
    Files.write(directory.resolve("tally.txt"), tally.lines());
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
