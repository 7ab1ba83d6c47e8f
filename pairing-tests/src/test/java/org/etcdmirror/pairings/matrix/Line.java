package org.etcdmirror.pairings.matrix;

import java.net.URI;
import org.etcdmirror.testkit.fault.FaultProxy;

/**
 * One side of a cell: the mirror connects to the proxy, this to the tap, and this to the server.
 */
final class Line implements AutoCloseable {

  private final Server server;
  private final Tap tap;
  private final FaultProxy proxy;

  Line(Server server, Tap tap) {
    this.server = server;
    this.tap = tap;
    this.proxy = FaultProxy.to(tap.url());
  }

  Server server() {
    return server;
  }

  Tap tap() {
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
