package org.etcdmirror.service.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.OtherApprovalException;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.service.log.OneLine;

/** What may be asked of a running mirror over HTTP. */
public final class MirrorActions {

  /** Below the 10 s that the server has for an answer. */
  private static final Duration PAUSE_WAIT = Duration.ofSeconds(5);

  private final EtcdMirror mirror;

  private MirrorActions(EtcdMirror mirror) {
    this.mirror = mirror;
  }

  /** The actions by their paths. */
  public static Map<String, Action> of(EtcdMirror mirror) {
    MirrorActions actions = new MirrorActions(mirror);
    Map<String, Action> byPath = new LinkedHashMap<>();
    byPath.put("/approve", actions::approve);
    byPath.put("/pause", ignored -> actions.pause());
    byPath.put("/resume", ignored -> actions.resume());
    return byPath;
  }

  private StatusReply approve(Map<String, String> parameters) {
    String token = parameters.get("plan");
    if (token == null || token.isEmpty()) {
      return StatusReply.text(
          400, "say which plan: POST /approve?plan=TOKEN; /status tells it as pending.token");
    }
    try {
      mirror.approve(token);
      return StatusReply.text(200, "approved; /status tells how it goes on");
    } catch (OtherApprovalException e) {
      PendingApproval now = e.pending();
      return StatusReply.text(
          409,
          "'%s' is not what waits; %s waits by now: %s"
              .formatted(OneLine.of(token, " "), now.token(), OneLine.of(now.reason(), " ")));
    } catch (IllegalStateException e) {
      return StatusReply.text(409, "nothing waits for an approval");
    }
  }

  private StatusReply pause() {
    try {
      return mirror.pause(PAUSE_WAIT)
          ? StatusReply.text(
              200,
              "paused: nothing is written before POST /resume; /status tells how much history is left")
          : StatusReply.text(
              202,
              "not paused yet: the batch in hand takes longer than %d s; /status says PAUSED when nothing is written any more"
                  .formatted(PAUSE_WAIT.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StatusReply.text(503, "the service ends");
    }
  }

  private StatusReply resume() {
    mirror.resume();
    return StatusReply.text(200, "going on");
  }
}
