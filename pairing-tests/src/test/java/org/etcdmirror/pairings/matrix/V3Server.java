package org.etcdmirror.pairings.matrix;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;

/** A real etcd with users, and what a test does to it behind the mirror's back. */
final class V3Server implements AutoCloseable {

  static final String USER = "mirror";
  static final String PASSWORD = "right";

  /** Outside of every scope. */
  private static final String OUTSIDE = "/outside";

  private final EtcdServer etcd;
  private final V3Http root;

  V3Server() {
    etcd = EtcdServer.builder().enableV2(false).start();
    root = new V3Http(etcd.clientUrl()).enableAuth("root");
    root.user(USER, PASSWORD, "root");
  }

  URI url() {
    return etcd.clientUrl();
  }

  void put(String key, String value) {
    root.put(key, value);
  }

  void putAll(List<String> keys) {
    root.commit(keys.stream().map(key -> Write.put(Bytes.utf8(key), Bytes.utf8("v"))).toList());
  }

  void putOutside() {
    root.put(OUTSIDE, "v");
  }

  void delete(String key) {
    root.delete(key);
  }

  long index() {
    return root.revision();
  }

  Map<String, String> values(String prefix) {
    Map<String, String> values = new TreeMap<>();
    root.values(prefix).forEach((key, value) -> values.put(key.utf8(), value.utf8()));
    return values;
  }

  /** Forgets all history, also what is being read now. */
  void forgetHistory() {
    putOutside();
    root.compact(root.revision());
  }

  void noSpace(boolean on) {
    root.alarmNoSpace(on);
  }

  void password(String password) {
    root.changePassword(USER, password);
  }

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
