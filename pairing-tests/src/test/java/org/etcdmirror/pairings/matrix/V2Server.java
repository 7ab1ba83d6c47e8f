package org.etcdmirror.pairings.matrix;

import java.util.Map;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;

/** An etcd v2 that mirrors use without a user. */
final class V2Server extends Server {

  private static final int KEYS = 10;
  private static final String OUTSIDE = "/outside";

  /** More events in all than etcd remembers. */
  private static final int CONNECTIONS = 7;

  private static final int REQUESTS = 162;

  private final V2Http root;

  private V2Server(EtcdServer etcd) {
    super(etcd);
    root = new V2Http(etcd.clientUrl()).enableAuth("root");
    root.auth(false);
  }

  static V2Server start() {
    return new V2Server(EtcdServer.start());
  }

  @Override
  void fill(String prefix) {
    for (int n = 0; n < KEYS; n++) {
      put(prefix + "0-" + n, "v");
    }
  }

  @Override
  void put(String key, String value) {
    root.put(key, value);
  }

  @Override
  void putOutside() {
    put(OUTSIDE, "v");
  }

  @Override
  void delete(String key) {
    root.delete(key, "");
  }

  @Override
  long index() {
    return root.index();
  }

  @Override
  Map<String, String> values(String prefix) {
    return root.tree(prefix.substring(0, prefix.length() - 1));
  }

  @Override
  void forgetHistory() throws Exception {
    PipelinedWriter.storm(url(), "/busy", CONNECTIONS, REQUESTS);
  }

  @Override
  void noSpace(boolean on) {
    throw new UnsupportedOperationException("v2 has no quota");
  }

  @Override
  void refuseLogin(boolean on) {
    root.auth(on);
  }
}
