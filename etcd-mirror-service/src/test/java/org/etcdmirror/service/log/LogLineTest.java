package org.etcdmirror.service.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.service.run.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {

  private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
  private static final String BLANKS = "a" + " ".repeat(1_400_000) + "b";

  private static String line(String message, @Nullable Throwable thrown) {
    Logger logger = new LoggerContext().getLogger("org.etcdmirror");
    return new LogLine()
        .convert(new LoggingEvent("", logger, Level.WARN, message, thrown, new Object[0]));
  }

  @Test
  void multiLineMessageBecomesOneLine() {
    assertThat(line("one\r\n  two\n\n\tthree  \n", null)).isEqualTo("one | two | three");
  }

  @Test
  void exceptionsAreAppendedWithTheirFirstFrames() {
    String line = line("failed", new IOException("a\nb", new IllegalStateException("deep")));

    assertThat(line)
        .startsWith(
            "failed | java.io.IOException: a | b | at org.etcdmirror.service.log.LogLineTest.")
        .contains(" | Caused by: java.lang.IllegalStateException: deep | ")
        .doesNotContain("\n");
    assertThat(line.split(" \\| ", -1)).hasSizeLessThan(14);
  }

  @Test
  void terminalControlAndBidiCharactersAreEscaped() {
    assertThat(line("key \u001b[2J \u202e x", null)).isEqualTo("key \\u001b[2J \\u202e x");
  }

  @Test
  void megabytesOfBlanksAreShortenedQuickly() {
    assertTimeoutPreemptively(
        LONG_ENOUGH,
        () -> {
          assertThat(line(BLANKS, new IOException(BLANKS))).hasSizeLessThan(10_000);
          assertThat(line("\r\n ".repeat(500_000), null)).hasSizeLessThan(100);
        });
  }

  @Test
  void lastOutputLineOfTheProgramIsBounded() {
    assertTimeoutPreemptively(
        LONG_ENOUGH, () -> assertThat(Outcome.failed(BLANKS).lastLine()).hasSizeLessThan(5_000));
    assertThat(Outcome.failed("a \n b").lastLine()).isEqualTo("etcd-mirror: a b");
  }
}
