package org.etcdmirror.simulation.model;

import java.util.List;
import java.util.function.Consumer;

/**
 * An entry of a cluster's log: requests that every member carries out in the same order.
 *
 * @param asked who is to answer
 * @param apart whether the handlers of watches run between two of the requests
 */
record V2Entry(List<V2Request> requests, V2Member asked, Consumer<V2Reply> answer, boolean apart) {

  void applyTo(V2Member member) {
    for (V2Request request : requests) {
      V2Reply reply = member.store().answer(request);
      if (member == asked) {
        answer.accept(reply);
      }
      if (apart) {
        member.letHandlersRun();
      }
    }
  }
}
