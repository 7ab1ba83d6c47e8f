package org.etcdmirror.v3;

import org.etcdmirror.api.EventSource;
import org.etcdmirror.testkit.EventSourceContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The v3 source meets the contract of all event sources, on a real server. */
@EtcdTest
class V3SourceTest extends EventSourceContract {

  private static EtcdServer etcd;
  private static V3Writer writer;

  @BeforeAll
  static void startEtcd(EtcdServer server) {
    etcd = server;
    writer = new V3Writer(etcd.clientUrl().toString());
  }

  @AfterAll
  static void stopEtcd() {
    writer.close();
  }

  @Override
  protected EventSource createSource() {
    return V3Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  @Override
  protected long put(String key, String value) throws Exception {
    return writer.write(V3Writer.put(key, value));
  }

  @Override
  protected long delete(String key) throws Exception {
    return writer.write(V3Writer.delete(key));
  }
}
