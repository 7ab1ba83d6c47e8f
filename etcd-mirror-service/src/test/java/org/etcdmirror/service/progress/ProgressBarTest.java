package org.etcdmirror.service.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.TaskProgress.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  private static final String ERASE = "\r\u001b[K";

  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final TerminalLine line = new TerminalLine(new PrintStream(terminal, true, UTF_8));
  private final ProgressBar bar = new ProgressBar(line);

  private void show(
      Step step, long done, long expected, double perSecond, @Nullable Duration timeLeft) {
    bar.show(
        new TaskProgress(step, done, expected, 0, 0, Duration.ofSeconds(100), perSecond, timeLeft));
  }

  private String shown() {
    String text = terminal.toString(UTF_8);
    terminal.reset();
    return text;
  }

  @Test
  void barShowsShareRateAndTimeLeft() {
    show(Step.COPY, 250_000, 1_000_000, 8_152.2, Duration.ofSeconds(92));

    assertThat(shown())
        .isEqualTo(
            ERASE + "copying [####............] 25% 250000 of 1000000, 8152/s, 1 min 32 s left");
  }

  @Test
  void taskOfUnknownLengthHasNoBar() {
    show(Step.COPY, 250_000, 0, 2.5, null);

    assertThat(shown()).isEqualTo(ERASE + "copying 250000 entries, 2.5/s");
  }

  @Test
  void finishedStepFillsTheBar() {
    show(Step.DELETE, 7, 7, 0, Duration.ZERO);

    assertThat(shown()).isEqualTo(ERASE + "deleting [################] 100% 7 of 7, 0 s left");
  }

  @Test
  void lineNeverWraps() {
    show(Step.COPY, Long.MAX_VALUE / 3, Long.MAX_VALUE, 1e12, Duration.ofDays(900));

    assertThat(shown().substring(ERASE.length())).hasSize(79);
  }

  @Test
  void barIsErasedBeforeOtherOutputAndDrawnAgainAfterIt() {
    show(Step.COPY, 1, 0, 0, null);
    line.others().println("a line of the log");
    show(Step.COPY, 2, 0, 0, null);

    assertThat(shown())
        .isEqualTo(
            ERASE
                + "copying 1 entries"
                + ERASE
                + "a line of the log"
                + System.lineSeparator()
                + ERASE
                + "copying 2 entries");
  }

  @Test
  void barIsErasedWhenTheTaskHasEndedAndNotDrawnAfterItIsClosed() {
    show(Step.COPY, 1, 0, 0, null);
    bar.show(null);
    bar.close();
    show(Step.COPY, 2, 0, 0, null);

    assertThat(shown()).isEqualTo(ERASE + "copying 1 entries" + ERASE);
  }
}
