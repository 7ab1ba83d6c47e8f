package org.etcdmirror.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.etcdmirror.core.EtcdMirror;

/** What may be asked of a running mirror over HTTP. */
final class MirrorActions {

  private final EtcdMirror mirror;

  private MirrorActions(EtcdMirror mirror) {
    this.mirror = mirror;
  }

  /** The actions by their paths. */
  static Map<String, Supplier<StatusReply>> of(EtcdMirror mirror) {
    MirrorActions actions = new MirrorActions(mirror);
    Map<String, Supplier<StatusReply>> byPath = new LinkedHashMap<>();
    byPath.put("/approve", actions::approve);
    byPath.put("/pause", actions::pause);
    byPath.put("/resume", actions::resume);
    return byPath;
  }

  private StatusReply approve() {
    try {
      mirror.approve();
      return StatusReply.text(200, "approved; /status tells how it goes on");
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
