package org.etcdmirror.service.http;

import java.net.InetAddress;
import java.util.Map;
import org.etcdmirror.service.http.StatusServer.Action;

/**
 * An action that only clients on this machine may ask for.
 *
 * @param action what it does
 */
record LocalAction(Action action) implements Action {

  @Override
  public StatusReply act(Map<String, String> parameters) {
    return action.act(parameters);
  }

  @Override
  public boolean isOpenTo(InetAddress client) {
    return client.isLoopbackAddress();
  }
}
