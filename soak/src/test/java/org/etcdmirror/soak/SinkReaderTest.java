package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.etcdmirror.soak.SourceHistory.Change;
import org.junit.jupiter.api.Test;

final class SinkReaderTest {

  private static final String CHECKPOINT = "/__replication/soak";

  private final Attempts attempts = new Attempts();
  private final SourceHistory history = new SourceHistory();
  private final Tally tally = new Tally();
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

  /** The first state is checked before the second is read. */
  private void readTwice() throws InterruptedException {
    CountDownLatch reads = new CountDownLatch(2);
    Keyspace keyspace =
        new Keyspace() {
          @Override
          public Content read() {
            reads.countDown();
            return new Content(7, sink);
          }

          @Override
          public void put(String key, String text) {
            throw new UnsupportedOperationException();
          }
        };
    SinkReader reader =
        new SinkReader(
            keyspace, new Scope("/copy/"), attempts, Map.of("/own/a", "1"), tally, history);
    reads.await();
    reader.close();
  }
}
