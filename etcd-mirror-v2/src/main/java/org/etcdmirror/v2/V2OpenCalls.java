package org.etcdmirror.v2;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.EventListener;

/** The calls that have begun and whose responses are not closed; OkHttp forgets them earlier. */
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
  public void callEnd(Call call) {
    open.remove(call);
  }

  @Override
  public void callFailed(Call call, IOException failure) {
    open.remove(call);
  }
}
