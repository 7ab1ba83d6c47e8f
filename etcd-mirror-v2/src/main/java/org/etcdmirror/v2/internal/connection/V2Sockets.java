package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Makes sockets that send at once, notice a dead peer, and end when their thread is interrupted.
 *
 * <p>OkHttp leaves Nagle's algorithm on; with a body sent apart from its headers each request then
 * waits for a delayed acknowledgement (40 ms). An idle watch carries no bytes at all, so only the
 * kernel's keep-alive can tell a quiet server from a lost one. A channel's socket, unlike a plain
 * one, is closed by an interrupt, which makes every blocking call here interruptible.
 *
 * <p>Closing a connection cuts it: what still waits in its buffer is thrown away. Otherwise the
 * kernel would go on to deliver a write that was given up long ago.
 */
public final class V2Sockets extends SocketFactory {

  private static final int KEEP_ALIVE_IDLE_SECONDS = 5;
  private static final int KEEP_ALIVE_INTERVAL_SECONDS = 2;
  private static final int KEEP_ALIVE_COUNT = 3;

  @Override
  public Socket createSocket() throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_IDLE_SECONDS);
      set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_INTERVAL_SECONDS);
      set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_COUNT);
      return channel.socket();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void set(SocketChannel channel, SocketOption<Integer> option, int value)
      throws IOException {
    if (channel.supportedOptions().contains(option)) {
      channel.setOption(option, value);
    }
  }

  // OkHttp only makes unconnected sockets.

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
