package org.etcdmirror.service.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Writes an event of the log as one line: the message, and after bars each exception with its first
 * frames. No key and no server can break the line, stall the log or fill it.
 */
public final class LogLine extends ClassicConverter {

  private static final String BAR = " | ";
  private static final int FRAMES = 4;
  private static final int CAUSES = 5;

  /** Called by Logback, which finds the class by its name. */
  public LogLine() {}

  @Override
  public String convert(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(OneLine.of(event.getFormattedMessage(), BAR));
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int i = 0; thrown != null && i < CAUSES; i++) {
      line.append(BAR).append(i == 0 ? "" : "Caused by: ");
      append(line, thrown);
      thrown = thrown.getCause();
    }
    return line.toString();
  }

  private static void append(StringBuilder line, IThrowableProxy thrown) {
    line.append(thrown.getClassName());
    if (thrown.getMessage() != null) {
      line.append(": ").append(OneLine.of(thrown.getMessage(), BAR));
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    for (int i = 0; frames != null && i < Math.min(FRAMES, frames.length); i++) {
      line.append(BAR).append(frames[i].getSTEAsString());
    }
  }
}
