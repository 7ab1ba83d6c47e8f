package org.etcdmirror.core.internal.lifecycle;

import java.time.Duration;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncReport;
import org.jspecify.annotations.Nullable;

/** The life of a mirror without standbys: one engine. */
public record OneLife(Engine now) implements Lives {

  @Override
  public void start() {
    now.life().start();
  }

  @Override
  public void run() {
    now.life().run();
  }

  @Override
  public ResyncReport syncOnce() throws InterruptedException {
    return now.life().syncOnce();
  }

  @Override
  public @Nullable Throwable failure() {
    return now.life().failure();
  }

  @Override
  public boolean isCalledByItself() {
    return now.life().isCalledByItself();
  }

  @Override
  public @Nullable Engine after(Engine ended, Duration timeout) {
    return null;
  }

  @Override
  public MirrorStatus.@Nullable Membership membership() {
    return null;
  }

  @Override
  public void close() {
    now.life().close();
  }
}
