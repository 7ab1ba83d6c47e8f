package org.etcdmirror.service.http;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.OtherApprovalException;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.service.http.StatusServer.Action;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.recorder.Dumps;
import org.jspecify.annotations.Nullable;

/** The POSTs that a running mirror takes. */
public final class MirrorActions {

  /** Less than a client usually waits for an answer. */
  private static final Duration PAUSE_WAIT = Duration.ofSeconds(5);

  /** What stands before the paths of the mirror's pages. */
  private final String base;

  private final EtcdMirror mirror;

  private MirrorActions(String base, EtcdMirror mirror) {
    this.base = base;
    this.mirror = mirror;
  }

  /** Returns the actions by their paths. */
  public static Map<String, Action> of(EtcdMirror mirror) {
    return of("", mirror);
  }

  private static Map<String, Action> of(String base, EtcdMirror mirror) {
    MirrorActions actions = new MirrorActions(base, mirror);
    Map<String, Action> byPath = new LinkedHashMap<>();
    byPath.put("/approve", actions::approve);
    byPath.put("/pause", ignored -> actions.pause());
    byPath.put("/resume", ignored -> actions.resume());
    return byPath;
  }

  /**
   * Returns the actions by their paths, with that which writes a dump.
   *
   * @param dumps the dumps of the mirror; null if there is no directory for them
   */
  public static Map<String, Action> of(EtcdMirror mirror, @Nullable Dumps dumps) {
    return of("", mirror, dumps);
  }

  /**
   * The same for one of several mirrors.
   *
   * @param base what stands before the paths of its pages
   */
  static Map<String, Action> of(String base, EtcdMirror mirror, @Nullable Dumps dumps) {
    Map<String, Action> byPath = of(base, mirror);
    byPath.put("/dump", ignored -> dump(dumps));
    return byPath;
  }

  private static StatusReply dump(@Nullable Dumps dumps) {
    if (dumps == null) {
      return StatusReply.text(
          409, "dumps have no directory; start the service with --dump-dir DIR");
    }
    try {
      return StatusReply.text(200, dumps.write().toString());
    } catch (IOException e) {
      return StatusReply.text(500, "the dump cannot be written: " + OneLine.of(e.toString(), " "));
    }
  }

  private StatusReply approve(Map<String, String> parameters) {
    String token = parameters.get("plan");
    if (token == null || token.isEmpty()) {
      return StatusReply.text(
          400,
          "the plan is missing; use POST %1$s/approve?plan=PLAN with pending.token of %1$s/status"
              .formatted(base));
    }
    try {
      mirror.approve(token);
      return StatusReply.text(200, "approved; " + base + "/status shows the progress");
    } catch (OtherApprovalException e) {
      PendingApproval now = e.pending();
      return StatusReply.text(
          409,
          "plan '%s' does not wait for approval; plan '%s' does: %s"
              .formatted(OneLine.of(token, " "), now.token(), OneLine.of(now.reason(), " ")));
    } catch (IllegalStateException e) {
      return StatusReply.text(409, "nothing waits for approval");
    }
  }

  private StatusReply pause() {
    try {
      return mirror.pause(PAUSE_WAIT)
          ? StatusReply.text(
              200,
              "paused until POST %1$s/resume; headroom in %1$s/status is the history left"
                  .formatted(base))
          : StatusReply.text(
              202,
              "not paused yet: the current batch takes longer than %d s; %s/status shows PAUSED when it is done"
                  .formatted(PAUSE_WAIT.toSeconds(), base));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StatusReply.text(503, "the service is stopping");
    }
  }

  private StatusReply resume() {
    mirror.resume();
    return StatusReply.text(200, "resumed");
  }
}
