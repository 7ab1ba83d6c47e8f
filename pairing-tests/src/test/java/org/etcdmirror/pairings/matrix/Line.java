package org.etcdmirror.pairings.matrix;

import java.net.URI;
import org.etcdmirror.testkit.fault.FaultProxy;

/** One side of a cell: the mirror connects to the proxy, this to the tap, and this to the server. */
final class Line implements AutoCloseable {

  private final V3Server server;
  private final V3Tap tap;
  private final FaultProxy proxy;

  Line(V3Server server, String prefix) {
    this.server = server;
    this.tap = new V3Tap(server.url(), prefix);
    this.proxy = FaultProxy.to(tap.url());
  }

  V3Server server() {
    return server;
  }

  V3Tap tap() {
    return tap;
  }

  FaultProxy proxy() {
    return proxy;
  }

  /** What the mirror is told to connect to. */
  URI url() {
    return proxy.url();
  }

  @Override
  public void close() {
    proxy.close();
    tap.close();
  }
}
