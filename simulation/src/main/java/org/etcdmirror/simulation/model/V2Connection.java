package org.etcdmirror.simulation.model;

import java.io.IOException;
import java.net.Socket;
import okhttp3.Connection;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/** What OkHttp shows of a connection; its socket tells the model of a half-close. */
final class V2Connection implements Connection {

  private final Socket socket;

  V2Connection(V2Exchange exchange) {
    this.socket =
        new Socket() {
          @Override
          public void shutdownOutput() throws IOException {
            exchange.halfClose();
          }

          // A real monitor must not be held while another simulated thread runs.
          @SuppressWarnings("UnsynchronizedOverridesSynchronized")
          @Override
          public synchronized void close() {
            exchange.leave();
          }
        };
  }

  @Override
  public Socket socket() {
    return socket;
  }

  @Override
  public Route route() {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable Handshake handshake() {
    return null;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP_1_1;
  }
}
