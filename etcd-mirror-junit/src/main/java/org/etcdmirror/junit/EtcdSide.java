package org.etcdmirror.junit;

import java.net.URI;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;

/**
 * One side of a {@link MirroredPair}: a real server, and the line from the mirror to it. The
 * application and the test use the server directly, so a fault of the line concerns only the
 * mirror. Safe for use by many threads.
 */
public final class EtcdSide implements AutoCloseable {

  private final EtcdApi api;
  private final EtcdServer server;
  private final FaultProxy line;

  EtcdSide(EtcdApi api) {
    this.api = api;
    this.server = api.start();
    this.line = FaultProxy.to(server.clientUrl());
  }

  /** The API by which the mirror uses this side. */
  public EtcdApi api() {
    return api;
  }

  /** Where clients reach the server, {@code http://127.0.0.1:PORT}. */
  public URI url() {
    return server.clientUrl();
  }

  /** The {@link #url} behind the name of the API: {@code v2:http://127.0.0.1:PORT}. */
  public String address() {
    return api.scheme() + ":" + url();
  }

  /** The server, to be stopped, killed, frozen or wiped. */
  public EtcdServer server() {
    return server;
  }

  /** The line from the mirror to the server, to be cut, stalled or delayed. */
  public FaultProxy line() {
    return line;
  }

  EventSource openSource() {
    return api.source(line.url().toString());
  }

  ReadableSink openSink() {
    return api.sink(line.url().toString());
  }

  IndexStore openStore(String link) {
    return api.store(line.url().toString(), link);
  }

  /** Ends line and server; harmless when repeated. */
  @Override
  public void close() {
    line.close();
    server.close();
  }
}
