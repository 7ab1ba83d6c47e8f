package org.etcdmirror.simulation.model;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;

/** What a mirror opens beside its clients: nothing answers. */
public final class SilentSocket extends Socket {

  public SilentSocket() {
    super();
  }

  @Override
  public void connect(SocketAddress endpoint, int millis) throws IOException {
    throw new ConnectException("Connection refused");
  }
}
