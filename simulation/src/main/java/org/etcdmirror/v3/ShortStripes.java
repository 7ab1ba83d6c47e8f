package org.etcdmirror.v3;

import java.util.List;

/** Sources that read by stripes what a real source would read by one watch. */
public final class ShortStripes {

  private static final int WATCHES = 6;

  /** The model's servers send a few revisions at once. */
  private static final int REVISIONS = 2;

  private ShortStripes() {}

  /** A source with room that no other uses, because a killed process gives nothing back. */
  public static V3Source source(List<String> endpoints) {
    return V3Source.builder().endpoints(endpoints).catchUpWatches(WATCHES, REVISIONS).build();
  }
}
