package org.etcdmirror.testkit;

import java.time.Duration;

/** How long a test waits for what must happen. */
public final class Patience {

  /** Far longer than it takes, also on a machine with much else to do. */
  public static final Duration PATIENCE = Duration.ofMinutes(3);

  private Patience() {}
}
