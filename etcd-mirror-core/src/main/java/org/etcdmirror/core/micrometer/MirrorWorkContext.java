package org.etcdmirror.core.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.Observation;
import org.etcdmirror.core.MirrorWork;

/** The context of an observation of a mirror, for handlers, filters and predicates. */
public final class MirrorWorkContext extends Observation.Context {

  private final MirrorWork work;

  /** The context of this work. */
  MirrorWorkContext(MirrorWork work) {
    this.work = requireNonNull(work, "work");
  }

  /** The work that is observed. */
  public MirrorWork work() {
    return work;
  }
}
