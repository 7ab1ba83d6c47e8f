package org.etcdmirror.soak;

import java.util.EnumSet;
import java.util.List;

/** What happens to the clusters, the network and the mirror. */
enum Fault {
  MEMBER_KILLED(MemberFaults::kill),
  MEMBER_FROZEN(MemberFaults::freeze),
  MEMBER_DISK_SLOW(MemberFaults::slowDisk),
  MEMBER_DEFRAGMENTED(MemberFaults::defragment),
  MEMBER_REPLACED(ClusterFaults::replaceMember, true),
  LEADER_MOVED(ClusterFaults::moveLeader),
  MEMBER_CUT_FROM_MIRROR(LineFaults::cutMember),
  SIDE_CUT_FROM_MIRROR(LineFaults::cutSide),
  SIDE_BLACK_HOLE(LineFaults::stallSide),
  SIDE_FAR_AWAY(LineFaults::delaySide),
  SIDE_BEHIND_502_PAGES(LineFaults::pages),
  PEER_LINKS_STALLED(LineFaults::stallPeers),
  ALL_PEER_LINKS_CUT(LineFaults::cutPeers),
  CERTIFICATES_RENEWED(CertificateFaults::renew),
  CERTIFICATE_OF_ANOTHER_HOST(CertificateFaults::anotherHost),
  COMPACTION(KeyspaceFaults::compact),
  NO_SPACE(KeyspaceFaults::noSpace),
  RESTORED(RestoreFaults::restore, true),
  RESTORED_WITH_BUMP(RestoreFaults::restoreWithBump, true),
  MIRROR_KILLED(MirrorFaults::kill),
  MIRROR_STOPPED(MirrorFaults::stop),
  MIRROR_CLOCK_STEPPED(MirrorFaults::stepClock),
  SECOND_MIRROR(MirrorFaults::second),
  LEADING_MIRROR_KILLED(LeaderFaults::kill),
  LEADING_MIRROR_ENDED(LeaderFaults::end),
  LEADING_MIRROR_FROZEN(LeaderFaults::freeze),
  LEADING_MIRROR_CUT_OFF(LeaderFaults::cutOff),
  LEADING_MIRROR_CUT_FROM_SINK(LeaderFaults::cutFromSink);

  /** Those of any link. */
  static final List<Fault> OF_ANY = List.copyOf(EnumSet.range(MEMBER_KILLED, SECOND_MIRROR));

  /** Those of a link with a standby, which takes over. */
  static final List<Fault> OF_A_LEADER =
      List.copyOf(EnumSet.range(LEADING_MIRROR_KILLED, LEADING_MIRROR_CUT_FROM_SINK));

  private final Beginning beginning;
  private final boolean alone;

  Fault(Beginning beginning) {
    this(beginning, false);
  }

  Fault(Beginning beginning, boolean alone) {
    this.beginning = beginning;
    this.alone = alone;
  }

  /** Ends what a fault began; harmless where there is nothing to end. */
  @FunctionalInterface
  interface End {

    /** A fault that is over when it has begun. */
    End NOTHING = () -> {};

    /**
     * Ends it.
     *
     * @throws java.io.IOException to be tried again, because another fault is in its way
     */
    void run() throws Exception;
  }

  /** How a fault begins. */
  @FunctionalInterface
  interface Beginning {

    /**
     * Begins it.
     *
     * @throws UnsuitableException if there is nothing for it to happen to
     */
    End begin(Stage stage, Step step) throws Exception;
  }

  /** A fault does not fit: the API or this machine lacks what it is about. */
  static final class UnsuitableException extends Exception {
    private static final long serialVersionUID = 1;

    UnsuitableException(String why) {
      super(why);
    }
  }

  /** Whether it is about a cluster as a whole, which no other fault may break meanwhile. */
  boolean isAlone() {
    return alone;
  }

  End begin(Stage stage, Step step) throws Exception {
    return beginning.begin(stage, step);
  }
}
