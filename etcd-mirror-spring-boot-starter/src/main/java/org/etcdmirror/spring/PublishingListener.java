package org.etcdmirror.spring;

import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.VerifyReport;
import org.springframework.context.ApplicationEventPublisher;

/** Publishes what happens to one link. */
final class PublishingListener implements MirrorListener {

  private final String link;
  private final ApplicationEventPublisher events;

  PublishingListener(String link, ApplicationEventPublisher events) {
    this.link = link;
    this.events = events;
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    events.publishEvent(new LinkEvent.StateChanged(link, before, after));
  }

  @Override
  public void onGap(Gap gap, Decision decision) {
    events.publishEvent(new LinkEvent.GapFound(link, gap, decision));
  }

  @Override
  public void onGapEnded(GapRecord gap) {
    events.publishEvent(new LinkEvent.GapEnded(link, gap));
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    events.publishEvent(new LinkEvent.Blocked(link, pending));
  }

  @Override
  public void onApproved(PendingApproval given) {
    events.publishEvent(new LinkEvent.Approved(link, given));
  }

  @Override
  public void onResync(ResyncReport report) {
    events.publishEvent(new LinkEvent.Resynced(link, report));
  }

  @Override
  public void onVerified(VerifyReport report) {
    events.publishEvent(new LinkEvent.Verified(link, report));
  }

  @Override
  public void onFailed(Throwable failure) {
    events.publishEvent(new LinkEvent.Failed(link, failure));
  }
}
