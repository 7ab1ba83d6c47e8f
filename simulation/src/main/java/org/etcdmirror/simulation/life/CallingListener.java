package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/** Sometimes calls its mirror on the thread on which the mirror called it. */
final class CallingListener implements MirrorListener {

  private static final int SELDOM = 25;

  private static final List<String> OWN_THREADS =
      List.of("-reader", "-applier", "-verifier", "-standby", "-takeover");

  private final Random random;
  private final BooleanSupplier calls;
  private @Nullable Caller caller;

  /**
   * Calls nothing yet.
   *
   * @param calls whether it calls at all, at present
   */
  CallingListener(Random random, BooleanSupplier calls) {
    this.random = random;
    this.calls = calls;
  }

  /** From now on it calls. */
  void begin(Caller next) {
    caller = next;
  }

  private void maybeCall() {
    Caller known = caller;
    if (known != null && calls.getAsBoolean() && random.nextInt(SELDOM) == 0) {
      known.callFromListener(isOnOwnThread());
    }
  }

  /** A change of state may be told on the thread that caused it. */
  private static boolean isOnOwnThread() {
    String name = Thread.currentThread().getName();
    return OWN_THREADS.stream().anyMatch(name::endsWith);
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    maybeCall();
  }

  @Override
  public void onBatch(EventBatch batch) {
    maybeCall();
  }

  @Override
  public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
    maybeCall();
  }

  @Override
  public void onResync(ResyncReport report) {
    maybeCall();
  }

  @Override
  public void onGapEnded(GapRecord gap) {
    maybeCall();
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    maybeCall();
  }

  @Override
  public void onVerified(VerifyReport report) {
    maybeCall();
  }

  @Override
  public void onRetry(Exception failure, Duration pause) {
    maybeCall();
  }
}
