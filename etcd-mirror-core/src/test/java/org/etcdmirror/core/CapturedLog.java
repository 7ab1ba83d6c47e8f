package org.etcdmirror.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Captures what the library logs, until it is closed. */
final class CapturedLog implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("org.etcdmirror");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  CapturedLog() {
    lines.start();
    logger.addAppender(lines);
  }

  /** The lines at this level or above. */
  List<String> lines(Level least) {
    return List.copyOf(lines.list).stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(least))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  List<String> warnings() {
    return lines(Level.WARN);
  }

  void clear() {
    lines.list.clear();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
  }
}
