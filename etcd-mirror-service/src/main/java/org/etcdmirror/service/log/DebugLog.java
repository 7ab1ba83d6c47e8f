package org.etcdmirror.service.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Logs in detail what the mirror does. Libraries stay as they are: they would log passwords. */
public final class DebugLog {

  private DebugLog() {}

  /** Switches it on, if Logback writes the log. */
  public static void on() {
    if (LoggerFactory.getLogger("org.etcdmirror") instanceof Logger logger) {
      logger.setLevel(Level.DEBUG);
    }
  }
}
