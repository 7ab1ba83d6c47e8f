package org.etcdmirror.v2;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;

/**
 * The calls that have begun and whose responses are not closed; OkHttp forgets them earlier. Tells
 * each watch which connection it has.
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
  public void callEnd(Call call) {
    open.remove(call);
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    open.remove(call);
  }
}
