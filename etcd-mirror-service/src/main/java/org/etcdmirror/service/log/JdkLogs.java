package org.etcdmirror.service.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Passes on what is logged by the JDK's means, by gRPC for example, so that there is one log. */
public final class JdkLogs extends Handler {

  private final SimpleFormatter formatter = new SimpleFormatter();

  private JdkLogs() {}

  /** From now on, for the whole process. */
  public static void redirect() {
    LogManager.getLogManager().reset();
    Logger.getLogger("").addHandler(new JdkLogs());
  }

  @Override
  public void publish(LogRecord entry) {
    String name = entry.getLoggerName();
    LoggerFactory.getLogger(name == null ? "" : name)
        .atLevel(level(entry.getLevel().intValue()))
        .setCause(entry.getThrown())
        .log(formatter.formatMessage(entry));
  }

  private static org.slf4j.event.Level level(int level) {
    if (level >= Level.SEVERE.intValue()) {
      return org.slf4j.event.Level.ERROR;
    }
    if (level >= Level.WARNING.intValue()) {
      return org.slf4j.event.Level.WARN;
    }
    return level >= Level.INFO.intValue()
        ? org.slf4j.event.Level.INFO
        : org.slf4j.event.Level.DEBUG;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
