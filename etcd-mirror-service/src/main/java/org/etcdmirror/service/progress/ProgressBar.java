package org.etcdmirror.service.progress;

import org.etcdmirror.core.TaskProgress;
import org.jspecify.annotations.Nullable;

/** Draws a bar on one line of a terminal. */
final class ProgressBar implements ProgressView {

  /** A longer line would wrap on a terminal of the usual width, and could not be redrawn. */
  private static final int LONGEST = 79;

  private static final int CELLS = 16;
  private static final int PERCENT = 100;

  private final TerminalLine line;

  ProgressBar(TerminalLine line) {
    this.line = line;
  }

  @Override
  public void show(@Nullable TaskProgress now) {
    if (now == null) {
      line.erase();
    } else {
      line.draw(text(now));
    }
  }

  @Override
  public void close() {
    line.close();
  }

  private static String text(TaskProgress now) {
    StringBuilder text = new StringBuilder(now.step().text()).append(' ');
    if (now.expected() > 0) {
      int full = CELLS * now.percent() / PERCENT;
      text.append('[').append("#".repeat(full)).append(".".repeat(CELLS - full)).append("] ");
      text.append("%d%% %d of %d".formatted(now.percent(), now.done(), now.expected()));
    } else {
      text.append(now.done()).append(" entries");
    }
    if (now.perSecond() > 0) {
      text.append(", ").append(now.rate()).append("/s");
    }
    if (now.timeLeft() != null) {
      text.append(", ").append(TaskProgress.inWords(now.timeLeft())).append(" left");
    }
    return text.substring(0, Math.min(LONGEST, text.length()));
  }
}
