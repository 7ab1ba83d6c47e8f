package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.etcdmirror.soak.SourceHistory.Change;
import org.junit.jupiter.api.Test;

final class SinkReaderTest {

  private static final String CHECKPOINT = "/__replication/soak";

  private final Attempts attempts = new Attempts();
  private final SourceHistory history = new SourceHistory();
  private final Tally tally = new Tally();
  private Duration fitsWithin = SinkReader.FITS_WITHIN;
  private final String value = attempts.value("/soak/a", "v");
  private final Map<String, String> sink =
      new TreeMap<>(Map.of("/own/a", "1", "/copy/a", value, CHECKPOINT, "index=2\nwriter=w"));

  SinkReaderTest() {
    history.add(2, List.of(new Change("/soak/a", value)));
  }

  @Test
  void acceptsAPastState() throws InterruptedException {
    readTwice();
    assertThat(tally.losses()).isEmpty();
    assertThat(tally.of("sink states", "past states")).isPositive();
  }

  @Test
  void findsAKeyThatIsMissing() throws InterruptedException {
    sink.remove("/copy/a");
    readTwice();
    assertThat(tally.losses().get(0)).contains("/soak/a is missing instead of " + value);
  }

  @Test
  void findsAValueThatNeverWas() throws InterruptedException {
    sink.put("/copy/a", "another");
    readTwice();
    assertThat(tally.losses()).contains("/soak/a never had the value 'another'");
  }

  @Test
  void findsAKeyOfTheSinkThatWasTouched() throws InterruptedException {
    sink.remove("/own/a");
    readTwice();
    assertThat(tally.losses()).contains("the sink's own key /own/a is null");
  }

  @Test
  void believesNoIndexWhileTheSinkIsCompared() throws InterruptedException {
    sink.remove("/copy/a");
    sink.merge(CHECKPOINT, "\nnote.must-compare=x", String::concat);
    readTwice();
    assertThat(tally.losses()).isEmpty();
    assertThat(tally.of("sink states", "in between")).isPositive();
  }

  /**
   * A side that is put back may show its old state, then the one of the backup, and then goes on.
   */
  @Test
  void expectsOlderStateWhileASideIsPutBack() throws Exception {
    String newer = attempts.value("/soak/a", "w");
    history.add(3, List.of(new Change("/soak/a", newer)));
    Map<String, String> old = new TreeMap<>(sink);
    old.putAll(Map.of("/copy/a", newer, CHECKPOINT, "index=3\nwriter=w"));
    BlockingQueue<Map<String, String>> states = new LinkedBlockingQueue<>();
    Semaphore reads = new Semaphore(0);
    SinkReader reader =
        reader(() -> {
          reads.release();
          return states.take();
        });
    reads.acquire();
    reader.expectAnotherHistory();
    states.add(old);
    reads.acquire();
    states.add(sink);
    reads.acquire();
    reader.anotherHistoryBegan();
    states.add(sink);
    reads.acquire();
    assertThat(tally.losses()).isEmpty();

    states.add(sink);
    reads.acquire();
    Map<String, String> empty = new TreeMap<>(sink);
    empty.remove("/copy/a");
    states.add(empty);
    reads.acquire();
    states.add(empty);
    reader.close();
    assertThat(tally.losses()).hasSize(1);
  }

  @Test
  void findsASinkThatNeverFitsAfterASideWasPutBack() throws Exception {
    fitsWithin = Duration.ZERO;
    Map<String, String> empty = new TreeMap<>(sink);
    empty.remove("/copy/a");
    BlockingQueue<Map<String, String>> states = new LinkedBlockingQueue<>();
    Semaphore reads = new Semaphore(0);
    SinkReader reader =
        reader(() -> {
          reads.release();
          return states.take();
        });
    reads.acquire();
    reader.expectAnotherHistory();
    states.add(empty);
    reads.acquire();
    reader.anotherHistoryBegan();
    for (int i = 0; i < 3; i++) {
      states.add(empty);
      reads.acquire();
    }
    states.add(empty);
    reader.close();
    assertThat(tally.losses()).isNotEmpty();
    assertThat(tally.losses().get(0)).contains("no state of the source");
  }

  /** The first state is checked before the second is read. */
  private void readTwice() throws InterruptedException {
    CountDownLatch reads = new CountDownLatch(2);
    SinkReader reader =
        reader(() -> {
          reads.countDown();
          return sink;
        });
    reads.await();
    reader.close();
  }

  private SinkReader reader(Callable<Map<String, String>> states) {
    Keyspace keyspace =
        new Keyspace() {
          @Override
          public Content read() throws IOException {
            try {
              return new Content(7, states.call());
            } catch (Exception e) {
              throw new IOException(e);
            }
          }

          @Override
          public void put(String key, String text) {
            throw new UnsupportedOperationException();
          }
        };
    return new SinkReader(
        keyspace, new Scope("/copy/"), attempts, Map.of("/own/a", "1"), tally, history, fitsWithin);
  }
}
