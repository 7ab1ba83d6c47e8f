package org.etcdmirror.service;

import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.OtherApprovalException;
import org.etcdmirror.core.PendingApproval;

/** What may be asked of a running mirror over HTTP. */
final class MirrorActions {

  private final EtcdMirror mirror;

  private MirrorActions(EtcdMirror mirror) {
    this.mirror = mirror;
  }

  /** The actions by their paths. */
  static Map<String, Action> of(EtcdMirror mirror) {
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
    mirror.pause();
    return StatusReply.text(
        200, "pausing after the batch in hand; /status tells how much history is left");
  }

  private StatusReply resume() {
    mirror.resume();
    return StatusReply.text(200, "going on");
  }
}
