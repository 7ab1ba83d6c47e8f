package org.etcdmirror.customsink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.customsink.Batches.batch;
import static org.etcdmirror.customsink.Batches.delete;
import static org.etcdmirror.customsink.Batches.put;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class AuditSinkTest {

  private static final EventBatch FIRST = batch(put("/a", "1", 5), put("/b", "1", 6));
  private static final EventBatch SECOND =
      batch(put("/a", "22", 7), delete("/ключ", 8), put("/c", "", 9));

  private Path file;

  @BeforeEach
  void nameFile(@TempDir Path directory) {
    file = directory.resolve("audit");
  }

  @Test
  void aLineTellsWhatHappenedButNotTheValue() throws IOException {
    apply(
        batch(
            put("/secret", "hunter2", 5),
            delete("/b", 6),
            new DeleteTree(Bytes.utf8("/t"), 7),
            put("/lease", "1", 8).withExpiry(Expiry.in(Duration.ofHours(1)), null)));
    assertThat(Files.readString(file)).doesNotContain("hunter2");
    assertThat(Files.readAllLines(file).stream().map(AuditSinkTest::withoutTime))
        .containsExactly(
            "{\"index\":5,\"action\":\"put\",\"key\":\"/secret\",\"length\":7,\"event\":1,\"of\":4}",
            "{\"index\":6,\"action\":\"delete\",\"key\":\"/b\",\"event\":2,\"of\":4}",
            "{\"index\":7,\"action\":\"delete-tree\",\"key\":\"/t\",\"event\":3,\"of\":4}",
            "{\"index\":8,\"action\":\"put\",\"key\":\"/lease\",\"length\":1,"
                + "\"expiresAt\":\"SOME TIME\",\"event\":4,\"of\":4}");
  }

  @Test
  void aBatchThatComesAgainIsNotWrittenAgain() throws IOException {
    apply(FIRST, SECOND, SECOND);
    apply(SECOND);
    assertThat(events()).containsExactlyElementsOf(identities(FIRST, SECOND));
  }

  @Test
  void ofABatchThatComesAgainWithMoreBehindItOnlyThatIsNew() throws IOException {
    EventBatch more = batch(delete("/ключ", 8), put("/c", "", 9), put("/a", "3", 10));
    EventBatch evenMore = batch(put("/c", "", 9), put("/a", "3", 10), put("/d", "4", 11));
    apply(FIRST, SECOND);
    apply(more);
    apply(evenMore);
    assertThat(events())
        .containsExactlyElementsOf(
            identities(FIRST, SECOND, batch(put("/a", "3", 10)), batch(put("/d", "4", 11))));
  }

  @Test
  void whereverACrashCutsABatchItIsWrittenOnceInTheEnd() throws IOException {
    apply(FIRST);
    int begin = (int) Files.size(file);
    apply(SECOND);
    byte[] whole = Files.readAllBytes(file);
    for (int end = begin; end <= whole.length; end++) {
      Files.write(file, Arrays.copyOf(whole, end));
      apply(SECOND);
      assertThat(events())
          .as("cut at byte %d of %d", end, whole.length)
          .containsExactlyElementsOf(identities(FIRST, SECOND));
    }
  }

  @Test
  void whereverACrashCutsTheFirstBatchItIsWrittenOnceInTheEnd() throws IOException {
    apply(FIRST);
    byte[] whole = Files.readAllBytes(file);
    for (int end = 0; end <= whole.length; end++) {
      Files.write(file, Arrays.copyOf(whole, end));
      apply(FIRST);
      assertThat(events()).as("cut at byte %d", end).containsExactlyElementsOf(identities(FIRST));
    }
  }

  @Test
  void aLargeBatchIsFoundWholeAtTheEndOfAFile() throws IOException {
    EventBatch large =
        batch(
            IntStream.range(0, 5_000)
                .mapToObj(i -> put("/large/" + i, "x", 10 + i))
                .toArray(MirrorEvent[]::new));
    apply(FIRST, large);
    apply(large);
    assertThat(events()).containsExactlyElementsOf(identities(FIRST, large));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    apply(large);
    assertThat(events()).containsExactlyElementsOf(identities(FIRST, large));
  }

  @Test
  void anInterruptLeavesNothingHalfDone() throws IOException {
    try (AuditSink sink = new AuditSink(file)) {
      sink.apply(FIRST);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> sink.apply(SECOND)).isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
      sink.apply(SECOND);
    }
    assertThat(events()).containsExactlyElementsOf(identities(FIRST, SECOND));
  }

  @Test
  void aFileThatIsEmptiedMeanwhileGoesOnFromItsBeginning() throws IOException {
    try (AuditSink sink = new AuditSink(file)) {
      sink.apply(FIRST);
      Files.write(file, new byte[0]);
      sink.apply(SECOND);
    }
    assertThat(events()).containsExactlyElementsOf(identities(SECOND));
  }

  @ParameterizedTest
  @ValueSource(strings = {"root:x:0:0\n", "no newline", "{\"time\":\"x\"}\nrest"})
  void aFileOfSomebodyElseIsLeftAsItIs(String content) throws IOException {
    Files.writeString(file, content);
    assertThatThrownBy(() -> apply(FIRST))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent(content);
  }

  @Test
  void twoSinksDoNotWriteToOneFile() throws IOException {
    try (AuditSink other = new AuditSink(file)) {
      try (AuditSink sink = new AuditSink(file)) {
        sink.apply(FIRST);
        assertThatThrownBy(() -> other.apply(SECOND))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(file + " is written by another mirror");
      }
      other.apply(SECOND);
    }
    assertThat(events()).containsExactlyElementsOf(identities(FIRST, SECOND));
  }

  @Test
  void aClosedSinkTakesNothing() {
    AuditSink sink = new AuditSink(file);
    sink.close();
    assertThatThrownBy(() -> sink.apply(FIRST)).isInstanceOf(IOException.class);
    assertThat(file).doesNotExist();
  }

  private void apply(EventBatch... batches) throws IOException {
    try (AuditSink sink = new AuditSink(file)) {
      for (EventBatch batch : batches) {
        sink.apply(batch);
      }
    }
  }

  /** What the file tells of. */
  private List<String> events() throws IOException {
    assertThat(Files.readString(file)).endsWith("\n");
    return Files.readAllLines(file, UTF_8).stream()
        .map(AuditSinkTest::parse)
        .map(AuditLine::identity)
        .toList();
  }

  private static List<String> identities(EventBatch... batches) {
    return Arrays.stream(batches)
        .flatMap(batch -> batch.events().stream())
        .map(event -> AuditLine.of(event).identity())
        .toList();
  }

  private static AuditLine parse(String line) {
    try {
      return AuditLine.parse(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  private static String withoutTime(String line) {
    return line.replaceFirst("\"time\":\"[0-9T:.-]+Z\",", "")
        .replaceFirst("\"expiresAt\":\"[0-9T:.-]+Z\"", "\"expiresAt\":\"SOME TIME\"");
  }
}
