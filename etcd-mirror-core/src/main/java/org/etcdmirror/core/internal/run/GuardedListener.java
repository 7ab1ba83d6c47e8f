package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls several listeners. Catches and logs what a listener throws, so that the engine goes on. */
public final class GuardedListener implements MirrorListener {

  private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

  private final String link;
  private final List<MirrorListener> listeners;

  /**
   * @param link name of the link, for the log
   */
  public GuardedListener(String link, List<MirrorListener> listeners) {
    this.link = link;
    this.listeners = List.copyOf(listeners);
  }

  @Override
  public void onResumed(@Nullable Checkpoint from) {
    each(listener -> listener.onResumed(from));
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    each(listener -> listener.onState(before, after));
  }

  @Override
  public void onBatch(EventBatch batch, Duration took) {
    each(listener -> listener.onBatch(batch, took));
  }

  @Override
  public void onApplied(AppliedChanges changes) {
    each(listener -> listener.onApplied(changes));
  }

  @Override
  public void onUnconfirmed(AppliedChanges changes, Exception failure) {
    each(listener -> listener.onUnconfirmed(changes, failure));
  }

  @Override
  public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
    each(listener -> listener.onGap(gap, decision));
  }

  @Override
  public void onResync(ResyncReport report) {
    each(listener -> listener.onResync(report));
  }

  @Override
  public void onGapEnded(GapRecord gap) {
    each(listener -> listener.onGapEnded(gap));
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    each(listener -> listener.onBlocked(pending));
  }

  @Override
  public void onApproved(PendingApproval given) {
    each(listener -> listener.onApproved(given));
  }

  @Override
  public void onVerified(VerifyReport report) {
    each(listener -> listener.onVerified(report));
  }

  @Override
  public void onNotice(SourceNotice notice) {
    each(listener -> listener.onNotice(notice));
  }

  @Override
  public void onUnsupportedEntry(UnsupportedEntryException.Refusal refusal) {
    each(listener -> listener.onUnsupportedEntry(refusal));
  }

  @Override
  public void onRetry(Exception failure, Duration pause) {
    each(listener -> listener.onRetry(failure, pause));
  }

  @Override
  public void onFailed(Throwable failure) {
    each(listener -> listener.onFailed(failure));
  }

  private void each(Consumer<MirrorListener> call) {
    for (MirrorListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        log.warn(
            LogEvent.LISTENER_THREW.marker(),
            "[link={}] listener threw, the mirror goes on: listener={}",
            link,
            listener.getClass().getName(),
            e);
      }
    }
  }
}
