package org.etcdmirror.testkit.etcd;

/** An etcd did not start. The message ends with the tail of its log. */
final class EtcdStartException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final boolean portTaken;

  EtcdStartException(String message, String tailOfLog) {
    super(message + "; its log ends with:\n" + tailOfLog);
    this.portTaken = tailOfLog.contains("address already in use");
  }

  boolean portTaken() {
    return portTaken;
  }
}
