package org.etcdmirror.service.http;

/** Whether the client of a POST may act. */
sealed interface Admission {

  /**
   * It may.
   *
   * @param who how it proved that
   */
  record Admitted(String who) implements Admission {}

  /**
   * It may not.
   *
   * @param code the HTTP status
   * @param why for the client, with what to do
   */
  record Refused(int code, String why) implements Admission {}
}
