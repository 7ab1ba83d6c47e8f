package org.etcdmirror.service.command;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.http.StatusReply;

/** Waits until a mirror is level, and then until a person has stopped the writers. */
final class Drain {

  private static final long MILLIS_BETWEEN_LOOKS = 100;

  private final EtcdMirror mirror;
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile boolean level;

  Drain(EtcdMirror mirror) {
    this.mirror = mirror;
  }

  /** Takes the message that the writers are stopped. */
  StatusReply asked() {
    if (!level) {
      return StatusReply.text(409, "the sink is not level yet; keep the writers running");
    }
    asked.countDown();
    return StatusReply.text(200, "cutting over; the program prints the result");
  }

  /**
   * Waits until the sink is proven level.
   *
   * @throws CancellationException if the mirror was closed
   * @throws ServiceException if it failed
   */
  void awaitLevel() throws InterruptedException {
    while (!status().caughtUp()) {
      TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN_LOOKS);
    }
    level = true;
  }

  /** Waits for the person; throws as {@link #awaitLevel}. */
  void awaitAsked() throws InterruptedException {
    while (!asked.await(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS)) {
      status();
    }
  }

  private MirrorStatus status() {
    MirrorStatus status = mirror.status();
    if (status.state() == MirrorState.FAILED) {
      throw new ServiceException(String.valueOf(status.lastError()));
    }
    if (status.state().isFinal()) {
      throw new CancellationException("the mirror was closed");
    }
    return status;
  }
}
