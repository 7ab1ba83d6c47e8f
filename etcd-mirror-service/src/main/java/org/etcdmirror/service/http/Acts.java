package org.etcdmirror.service.http;

import com.sun.net.httpserver.HttpExchange;
import java.util.Map;
import java.util.function.Supplier;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.service.http.Admission.Admitted;
import org.etcdmirror.service.http.Admission.Refused;
import org.etcdmirror.service.http.StatusServer.Action;
import org.etcdmirror.service.log.ActLog;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a POST asks for if its client may act, and logs who did what. */
final class Acts {

  private static final Logger log = LoggerFactory.getLogger(Acts.class);
  private static final int UNAUTHORIZED = 401;

  private final Guard guard;

  Acts(Guard guard) {
    this.guard = guard;
  }

  /** Returns the reply of the action, or why the client may not ask for it. */
  StatusReply act(
      HttpExchange exchange, String path, Map<String, String> parameters, Action action) {
    ActRequest request = ActRequest.of(exchange);
    String client = request.client().getHostAddress();
    Admission admission = guard.judge(request);
    if (admission instanceof Refused refused) {
      log.warn(
          ServiceLogEvent.ACT_REFUSED.marker(),
          "refused POST {} from {}: {}",
          path,
          client,
          refused.why());
      if (refused.code() == UNAUTHORIZED) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"etcd-mirror\"");
      }
      return StatusReply.text(refused.code(), refused.why());
    }
    String who = ((Admitted) admission).who() + " from " + client;
    return logged("POST " + path + plan(parameters), who, () -> action.act(parameters));
  }

  private static StatusReply logged(String what, String who, Supplier<StatusReply> action) {
    String answer = "failed";
    try {
      StatusReply reply = action.get();
      answer = reply.code() + " " + DisplayText.of(reply.body().strip());
      return reply;
    } finally {
      ActLog.acted(what, who, answer);
    }
  }

  /** Other parameters are left out: a client may put a secret there by mistake. */
  private static String plan(Map<String, String> parameters) {
    String plan = parameters.get("plan");
    return plan == null ? "" : "?plan=" + DisplayText.of(plan);
  }
}
