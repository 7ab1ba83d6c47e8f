package org.etcdmirror.pairings.matrix;

import java.net.URI;
import java.util.Map;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** A real etcd, and what a test does to it behind the mirror's back. */
abstract class Server implements AutoCloseable {

  private final EtcdServer etcd;

  Server(EtcdServer etcd) {
    this.etcd = etcd;
  }

  URI url() {
    return etcd.clientUrl();
  }

  /** Puts what a mirror is to copy, among it a key {@code 0-N} for each N from 0 to 9. */
  abstract void fill(String prefix);

  abstract void put(String key, String value);

  /** Changes what is in no scope. */
  abstract void putOutside();

  abstract void delete(String key);

  abstract long index();

  abstract Map<String, String> values(String prefix);

  /** Forgets the history through a change that nobody has seen yet. */
  abstract void forgetHistory() throws Exception;

  /** The alarm of a full quota. */
  abstract void noSpace(boolean on);

  /** Whether the mirror's user is refused. */
  abstract void refuseLogin(boolean on);

  void kill() {
    etcd.kill();
  }

  void restart() {
    etcd.restart();
  }

  void suspend() {
    etcd.suspend();
  }

  void resume() {
    etcd.resume();
  }

  @Override
  public void close() {
    etcd.close();
  }
}
