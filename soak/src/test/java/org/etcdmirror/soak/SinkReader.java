package org.etcdmirror.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.etcdmirror.soak.Keyspace.Content;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of the sink again and again, and checks it: no value that the source never had, the
 * sink's own keys untouched, and from v3 to v3, where the checkpoint says that the sink holds an
 * index, exactly the source's state of that index, never an older one than before.
 */
final class SinkReader implements AutoCloseable {

  /** What a v3 sink keeps of the link. */
  static final String CHECKPOINT = "/__replication/soak";

  private static final long PAUSE_NANOS = Duration.ofMillis(150).toNanos();
  private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_LOSSES = 5;

  /** Within this time the sink holds a state of the source's new history. */
  static final Duration FITS_WITHIN = Condition.PATIENCE;

  private final Keyspace sink;
  private final Scope scope;
  private final Attempts attempts;
  private final Map<String, String> ownKeys;
  private final Tally tally;
  private final @Nullable SourceHistory history;
  private final @Nullable PastStates past;
  private final Thread thread = new Thread(this::read, "sink-reader");
  private volatile boolean closed;

  /** Counts when a side goes away to be put back, and when it is back: odd in between. */
  private final AtomicInteger changes = new AtomicInteger();

  private int losses;

  /** A state that does not fit is of another history. */
  private boolean lenient;

  private final Duration fitsWithin;

  /** When the first state was read that does not fit, while both histories were whole. */
  private @Nullable Long unfitSince;

  /**
   * Starts it.
   *
   * @param ownKeys what the sink holds besides the copy
   * @param history null if only the values are checked
   * @param fitsWithin how long after a side was put back a state may not fit
   */
  SinkReader(
      Keyspace sink,
      Scope scope,
      Attempts attempts,
      Map<String, String> ownKeys,
      Tally tally,
      @Nullable SourceHistory history,
      Duration fitsWithin) {
    this.fitsWithin = fitsWithin;
    this.sink = sink;
    this.scope = scope;
    this.attempts = attempts;
    this.ownKeys = ownKeys;
    this.tally = tally;
    this.history = history;
    this.past = history == null ? null : new PastStates(history);
    thread.start();
  }

  /** One side is put back: until {@link #anotherHistoryBegan}, states are of either history. */
  void expectAnotherHistory() {
    changes.incrementAndGet();
  }

  /** The side is back: what is read from now on is checked again from the first that fits. */
  void anotherHistoryBegan() {
    changes.incrementAndGet();
  }

  /** Whether all that was read since then is of one history. */
  private boolean isOfOneHistory(int changesBefore) {
    return changesBefore % 2 == 0 && changesBefore == changes.get();
  }

  private void read() {
    try {
      while (!closed && losses < MOST_LOSSES) {
        try {
          int changesBefore = changes.get();
          check(sink.read(), changesBefore);
        } catch (IOException noAnswer) {
          tally.count("sink states", "not read");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      tally.loss("the sink's reader ended: " + e);
    }
  }

  private void check(Content content, int changesBefore) throws InterruptedException {
    Map<String, String> held = scope.ofSink(content.values());
    attempts.unknown(held).ifPresent(this::lose);
    for (Map.Entry<String, String> own : ownKeys.entrySet()) {
      String value = content.values().get(own.getKey());
      if (!own.getValue().equals(value)) {
        lose("the sink's own key %s is %s".formatted(own.getKey(), value));
      }
    }
    if (past == null || history == null) {
      tally.count("sink states", "values checked");
      return;
    }
    String checkpoint = content.values().get(CHECKPOINT);
    Map<String, String> fields = checkpoint == null ? Map.of() : fields(checkpoint);
    if (!saysIndex(fields)) {
      tally.count("sink states", "in between");
      return;
    }
    long index = Long.parseLong(fields.getOrDefault("index", "0"));
    lenient = lenient || !isOfOneHistory(changesBefore);
    if (lenient && history.newest() < index) {
      tally.count("sink states", "of another history");
      checkThatItFits(isOfOneHistory(changesBefore));
    } else if (!history.reaches(index, HISTORY_PATIENCE)) {
      tally.count("sink states", "history not known in time");
    } else {
      compare(past, index, held, content.index());
      checkThatItFits(isOfOneHistory(changesBefore));
      // A state from before the change may be newer than those after it.
      lenient = lenient || !isOfOneHistory(changesBefore);
    }
  }

  private void compare(PastStates past, long index, Map<String, String> held, long revision) {
    if (lenient) {
      past.beginAnew();
    }
    Optional<String> wrong = past.wrong(index, held);
    if (lenient) {
      tally.count("sink states", wrong.isEmpty() ? "past states" : "of another history");
      lenient = wrong.isPresent();
    } else {
      tally.count("sink states", wrong.isEmpty() ? "past states" : "wrong");
      wrong.ifPresent(what -> lose(what + " (revision %d of the sink)".formatted(revision)));
      // What is wrong stays so for a while, and is one loss.
      lenient = wrong.isPresent();
    }
  }

  /** A side that was put back excuses no state for ever. */
  private void checkThatItFits(boolean ofOneHistory) {
    long now = System.nanoTime();
    if (!lenient || !ofOneHistory) {
      unfitSince = null;
    } else if (unfitSince == null) {
      unfitSince = now;
    } else if (now - unfitSince >= fitsWithin.toNanos()) {
      unfitSince = null;
      lose("no state of the source for %s after a side was put back".formatted(fitsWithin));
    }
  }

  /** Whether a checkpoint says that the sink holds an index, and nothing of what comes next. */
  private static boolean saysIndex(Map<String, String> fields) {
    return fields.containsKey("index")
        && !fields.containsKey("applying")
        && !fields.containsKey("note.must-compare");
  }

  private static Map<String, String> fields(String text) {
    return text.lines()
        .filter(line -> line.contains("="))
        .map(line -> List.of(line.split("=", 2)))
        .collect(
            Collectors.toMap(
                parts -> parts.get(0), parts -> parts.get(1), (a, b) -> b, TreeMap::new));
  }

  private void lose(String what) {
    losses++;
    tally.loss(what);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
