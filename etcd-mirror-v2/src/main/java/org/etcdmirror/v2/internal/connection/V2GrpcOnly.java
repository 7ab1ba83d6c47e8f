package org.etcdmirror.v2.internal.connection;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Tells a port that speaks gRPC alone, as etcd's {@code --listen-client-urls} beside {@code
 * --listen-client-http-urls} (3.4.25, 3.5.8): before it is asked anything, it tells its settings of
 * HTTP/2. Seen on 3.5.16.
 */
public final class V2GrpcOnly {

  private static final int PATIENCE_MILLIS = (int) Duration.ofSeconds(2).toMillis();

  /** Of each frame: three bytes of length, the type, flags, four bytes of the stream. */
  private static final int HEAD = 9;

  private static final int SETTINGS = 4;

  private V2GrpcOnly() {}

  /** Whether a request may have failed because the answer was no HTTP/1.1. */
  public static boolean isPossible(IOException failure) {
    return failure instanceof ProtocolException
        || failure.getCause() instanceof EOFException
        // A channel that is reset while it is written to throws no SocketException.
        || failure.getClass() == IOException.class
        || (failure instanceof SocketException && !(failure instanceof ConnectException));
  }

  /**
   * Connects to the port once more; false if that is not to be learned.
   *
   * @param tls null for a port without
   */
  public static boolean speaks(HttpUrl endpoint, @Nullable SSLSocketFactory tls) {
    try (Socket plain = new Socket()) {
      plain.setSoTimeout(PATIENCE_MILLIS);
      plain.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), PATIENCE_MILLIS);
      if (tls == null) {
        return speaks(plain);
      }
      try (Socket socket = tls.createSocket(plain, endpoint.host(), endpoint.port(), true)) {
        return speaks(socket);
      }
    } catch (IOException e) {
      // The failure that led here says more.
      return false;
    }
  }

  /** Sends nothing, as the answer to HTTP/1.1 is often lost in the end of the connection. */
  private static boolean speaks(Socket socket) throws IOException {
    byte[] head = socket.getInputStream().readNBytes(HEAD);
    return head.length == HEAD
        && head[3] == SETTINGS
        && head[5] == 0
        && head[6] == 0
        && head[7] == 0
        && head[8] == 0;
  }
}
