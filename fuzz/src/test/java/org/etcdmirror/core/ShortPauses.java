package org.etcdmirror.core;

import java.time.Duration;

/** Makes a mirror repeat a failed call soon, so that more answers are damaged in less time. */
public final class ShortPauses {

  private ShortPauses() {}

  /** The same builder with short pauses. */
  public static EtcdMirrorBuilder of(EtcdMirrorBuilder builder) {
    return builder.backoff(Duration.ofMillis(5), Duration.ofMillis(200));
  }
}
