package org.etcdmirror.spring;

import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.VerifyReport;

/**
 * What happens to a link, as application events: {@code @EventListener void on(LinkEvent.Blocked
 * event)}. Published on the mirror's own threads, in the order of {@link MirrorListener}. A
 * listener must be fast, or {@code @Async}.
 */
public sealed interface LinkEvent {

  /** Returns the name of the link's properties. */
  String link();

  /** The state changed. */
  record StateChanged(String link, MirrorState before, MirrorState after) implements LinkEvent {}

  /** History was lost, and this was decided about it. */
  record GapFound(String link, Gap gap, RecoveryPolicy.Decision decision) implements LinkEvent {}

  /** A gap was closed, skipped, or left open because the mirror stops. */
  record GapEnded(String link, GapRecord gap) implements LinkEvent {}

  /** The mirror waits for a person's approval. */
  record Blocked(String link, PendingApproval pending) implements LinkEvent {}

  /** A person approved what the mirror waited for. */
  record Approved(String link, PendingApproval given) implements LinkEvent {}

  /** A first copy or a resync ended, and the sink is level with the source at its index. */
  record Resynced(String link, ResyncReport report) implements LinkEvent {}

  /** A comparison of both sides ended. */
  record Verified(String link, VerifyReport report) implements LinkEvent {}

  /** The mirror failed for good. */
  record Failed(String link, Throwable failure) implements LinkEvent {}
}
