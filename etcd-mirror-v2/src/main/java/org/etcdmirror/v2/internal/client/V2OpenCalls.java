package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;
import org.etcdmirror.v2.internal.connection.WatchSocket;

/**
 * The calls that have begun and whose responses are not closed; OkHttp forgets them earlier. Tells
 * each watch which connection it has, and notes in a call's {@link V2Sent}, if it has one, how far
 * it came.
 */
final class V2OpenCalls extends EventListener {

  private final Set<Call> open = ConcurrentHashMap.newKeySet();

  /** Ends each, on whatever thread, with an {@link IOException}. */
  void cancelAll() {
    open.forEach(Call::cancel);
  }

  @Override
  public void callStart(Call call) {
    open.add(call);
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    WatchSocket watch = call.request().tag(WatchSocket.class);
    if (watch != null) {
      watch.acquired(connection.socket());
    }
  }

  @Override
  public void requestHeadersStart(Call call) {
    V2Sent sent = call.request().tag(V2Sent.class);
    if (sent != null) {
      sent.begun();
    }
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    V2Sent sent = call.request().tag(V2Sent.class);
    if (sent != null) {
      sent.answered(response.code());
    }
  }

  @Override
  public void callEnd(Call call) {
    open.remove(call);
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    open.remove(call);
  }
}
