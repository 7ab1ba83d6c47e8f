package org.etcdmirror.core.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;
import org.etcdmirror.core.MirrorWork;

/**
 * The observations of a mirror. With a tracer each is a span, and with a meter registry a timer of
 * the same name.
 */
public enum MirrorObservation implements ObservationDocumentation {
  /** A batch of events is written to the sink, repetitions included. */
  APPLY("etcd.mirror.apply"),

  /** A first copy or a resync: both sides are compared, and what differs is written. */
  RESYNC("etcd.mirror.resync");

  private final String observation;

  MirrorObservation(String observation) {
    this.observation = observation;
  }

  static MirrorObservation of(MirrorWork work) {
    return work instanceof MirrorWork.Apply ? APPLY : RESYNC;
  }

  @Override
  public String getName() {
    return observation;
  }

  @Override
  public KeyName[] getLowCardinalityKeyNames() {
    return this == APPLY
        ? new KeyName[] {Detail.LINK, Detail.OUTCOME}
        : new KeyName[] {Detail.LINK, Detail.OUTCOME, Detail.REASON};
  }

  @Override
  public KeyName[] getHighCardinalityKeyNames() {
    return this == APPLY
        ? new KeyName[] {Detail.EVENTS, Detail.INDEX}
        : new KeyName[] {Detail.WRITTEN, Detail.DELETED};
  }

  /** What an observation says beside its name. */
  public enum Detail implements KeyName {
    /** The name of the link. */
    LINK("link"),
    /**
     * {@code done}; {@code undone} if it ended by an error or has to wait for an approval; {@code
     * again} if the source has changed meanwhile.
     */
    OUTCOME("outcome"),
    /** Why a resync was needed, in small letters; {@code no_checkpoint} for a first copy. */
    REASON("reason"),
    /** The number of events in the batch. */
    EVENTS("etcd.mirror.events"),
    /** The index of the source behind the batch. */
    INDEX("etcd.mirror.index"),
    /** The number of entries that a resync wrote. */
    WRITTEN("etcd.mirror.written"),
    /** The number of entries that a resync deleted. */
    DELETED("etcd.mirror.deleted");

    private final String key;

    Detail(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }
}
