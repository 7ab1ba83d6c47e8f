package org.etcdmirror.service.log;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what people did to a running mirror. The limit for repeats does not hold for these lines.
 */
public final class ActLog {

  private static final Logger log = LoggerFactory.getLogger(ActLog.class);

  private ActLog() {}

  /**
   * Logs one act.
   *
   * @param what what was asked for
   * @param who who asked for it
   * @param answer what came of it
   */
  public static void acted(String what, String who, String answer) {
    log.info(ServiceLogEvent.ACTED.marker(), "{} by {}: {}", what, who, answer);
  }
}
