package org.etcdmirror.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Captures what the library logs, until it is closed. */
public final class CapturedLog implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("org.etcdmirror");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  public CapturedLog() {
    lines.start();
    logger.addAppender(lines);
  }

  /** The lines at this level or above. */
  public List<String> lines(Level least) {
    return List.copyOf(lines.list).stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(least))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  public List<String> warnings() {
    return lines(Level.WARN);
  }

  /** The names of the events of the lines at INFO or above, one a line; "none" without a name. */
  public List<String> events() {
    return List.copyOf(lines.list).stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO))
        .map(line -> line.getMarkerList() == null ? "none" : line.getMarkerList().get(0).getName())
        .toList();
  }

  public void clear() {
    lines.list.clear();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
  }
}
