package org.etcdmirror.jetcd;

import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;

/** An etcd, and a line to it that is silent for a while and then breaks. */
final class Away implements AutoCloseable {

  static final String PREFIX = "/cache/";

  private static final int IN_ONE_REQUEST = 100;

  private final V3Http etcd;
  private final FaultProxy line;

  Away(EtcdServer server) {
    this.etcd = new V3Http(server.clientUrl());
    this.line = FaultProxy.to(server.clientUrl());
    put("before");
  }

  FaultProxy line() {
    return line;
  }

  /** Puts a key below the prefix, and returns the revision. */
  long put(String name) {
    return etcd.put(PREFIX + name, "value of " + name);
  }

  /** What a cache should hold. */
  Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    etcd.values(PREFIX).forEach((key, value) -> values.put(key.utf8(), value.utf8()));
    return values;
  }

  /** Lets nothing through from now on, and changes so many keys. */
  void begin(int changes) {
    line.stall(true);
    List<V3Http.Write> writes = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      writes.add(V3Http.Write.put(Bytes.utf8(PREFIX + i), Bytes.utf8("value ".repeat(10))));
      if (writes.size() == IN_ONE_REQUEST || i == changes - 1) {
        etcd.commit(writes);
        writes.clear();
      }
    }
  }

  /** Clears the history of all these changes. */
  void compact() {
    etcd.compact(etcd.revision());
  }

  /** Cuts the line, and lets the cache return. */
  void end() {
    line.cutAll();
    line.stall(false);
  }

  /** Lets the cache return, and breaks its first connection after so many bytes. */
  void endWithACutAfter(int bytes) {
    line.truncateAfter(bytes);
    int before = line.accepted();
    end();
    // A connection keeps the limit that it was made under.
    await().atMost(PATIENCE).until(() -> line.accepted() > before && line.connections() > 0);
    line.truncateAfter(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    line.close();
  }
}
