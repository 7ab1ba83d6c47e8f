package org.etcdmirror.v3;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.v3.internal.watch.StripeLimits;
import org.etcdmirror.v3.internal.watch.StripeRoom;

/** Sources that read by stripes what a real source would read by one watch. */
public final class ShortStripes {

  private static final int WATCHES = 6;

  /** The model's servers send a few revisions at once. */
  private static final int ROUND = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long BYTES = 16 << 20;

  private ShortStripes() {}

  /** A source with a room of its own, because a killed process gives nothing back. */
  public static V3Source source(List<String> endpoints) {
    return V3Source.builder()
        .endpoints(endpoints)
        .limits(
            new StripeLimits(
                WATCHES, ROUND, PATIENCE, new StripeRoom(StripeRoom.MOST_WATCHES, BYTES)))
        .build();
  }
}
