package org.etcdmirror.v2;

import org.etcdmirror.api.EventSource;
import org.etcdmirror.testkit.EventSourceContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;

/** {@link V2Source} fulfils the contract of an event source on a real etcd. */
@EtcdTest
class V2SourceTest extends EventSourceContract {

  private static EtcdServer etcd;
  private static V2Http http;

  @BeforeAll
  static void startEtcd(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @Override
  protected EventSource createSource() {
    return V2Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  @Override
  protected long put(String key, String value) {
    return http.put(key, value).etcdIndex();
  }

  @Override
  protected long delete(String key) {
    return http.delete(key, "").etcdIndex();
  }

  @Override
  protected void deleteTree(String path) {
    http.delete(path, "recursive=true");
  }
}
