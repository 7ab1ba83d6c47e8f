package org.etcdmirror.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;

/** Records what a mirror reports to its listener. */
public final class Recorder implements MirrorListener {

  final List<MirrorState> states = new CopyOnWriteArrayList<>();
  final List<EventBatch> batches = new CopyOnWriteArrayList<>();
  final List<Gap> gaps = new CopyOnWriteArrayList<>();
  final List<ResyncReport> resyncs = new CopyOnWriteArrayList<>();
  final List<VerifyReport> verified = new CopyOnWriteArrayList<>();
  final List<GapRecord> ended = new CopyOnWriteArrayList<>();
  final List<PendingApproval> blocked = new CopyOnWriteArrayList<>();
  final List<SourceNotice> notices = new CopyOnWriteArrayList<>();
  final List<String> unsupported = new CopyOnWriteArrayList<>();
  final List<Exception> retries = new CopyOnWriteArrayList<>();
  final List<Duration> pauses = new CopyOnWriteArrayList<>();

  @Override
  public void onState(MirrorState before, MirrorState after) {
    states.add(after);
  }

  @Override
  public void onBatch(EventBatch batch) {
    batches.add(batch);
  }

  @Override
  public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
    gaps.add(gap);
  }

  @Override
  public void onResync(ResyncReport report) {
    resyncs.add(report);
  }

  @Override
  public void onVerified(VerifyReport report) {
    verified.add(report);
  }

  @Override
  public void onGapEnded(GapRecord gap) {
    ended.add(gap);
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    blocked.add(pending);
  }

  @Override
  public void onNotice(SourceNotice notice) {
    notices.add(notice);
  }

  @Override
  public void onUnsupportedEntry(Refusal refusal) {
    unsupported.add(refusal.key().toString());
  }

  @Override
  public void onRetry(Exception failure, Duration pause) {
    retries.add(failure);
    pauses.add(pause);
  }

  List<Gap.Reason> reasons() {
    return gaps.stream().map(Gap::reason).toList();
  }
}
