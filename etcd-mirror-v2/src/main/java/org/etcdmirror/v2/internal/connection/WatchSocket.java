package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.net.Socket;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one watch, to end its output while its input is still read: a half-close. etcd
 * (2.3 to 3.5) then ends the watch, and behind everything that it wrote before it writes the end of
 * the answer. Safe for use by many threads.
 */
public final class WatchSocket {

  private final boolean mustAnswer;
  private @Nullable Socket socket;
  private boolean outputEnded;
  private boolean settled;

  /**
   * Creates the socket of one watch.
   *
   * @param mustAnswer whether something must come soon, so that silence is a failure
   */
  public WatchSocket(boolean mustAnswer) {
    this.mustAnswer = mustAnswer;
  }

  /** The request, with this beside it. */
  public Request on(Request request) {
    return request.newBuilder().tag(WatchSocket.class, this).build();
  }

  boolean mustAnswer() {
    return mustAnswer;
  }

  /** The request goes over this connection now. */
  public synchronized void acquired(Socket connection) {
    socket = connection;
  }

  /**
   * Ends the output, unless that was ruled out already.
   *
   * @throws IOException if the connection is gone
   */
  public synchronized void endOutput() throws IOException {
    if (settled || outputEnded) {
      return;
    }
    outputEnded = true;
    if (socket == null) {
      throw new IOException("the watch is not connected");
    }
    socket.shutdownOutput();
  }

  /** Whether {@link #endOutput} was called; from now on it does nothing. */
  public synchronized boolean settle() {
    settled = true;
    return outputEnded;
  }

  /** A connection whose output has ended is of no use to another request. */
  public synchronized void discard() {
    Socket connection = socket;
    socket = null;
    if (connection != null && outputEnded) {
      try {
        connection.close();
      } catch (IOException goneAlready) {
        // That was the purpose.
      }
    }
  }
}
