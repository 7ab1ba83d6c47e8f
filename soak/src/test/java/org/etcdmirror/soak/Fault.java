package org.etcdmirror.soak;

/** What happens to the clusters, the network and the mirror. */
enum Fault {
  MEMBER_KILLED(MemberFaults::kill),
  MEMBER_FROZEN(MemberFaults::freeze),
  MEMBER_CUT_FROM_MIRROR(LineFaults::cutMember),
  SIDE_CUT_FROM_MIRROR(LineFaults::cutSide),
  SIDE_BLACK_HOLE(LineFaults::stallSide),
  PEER_LINKS_STALLED(LineFaults::stallPeers),
  ALL_PEER_LINKS_CUT(LineFaults::cutPeers),
  COMPACTION(KeyspaceFaults::compact),
  MIRROR_KILLED(MirrorFaults::kill),
  MIRROR_STOPPED(MirrorFaults::stop),
  SECOND_MIRROR(MirrorFaults::second);

  private final Beginning beginning;

  Fault(Beginning beginning) {
    this.beginning = beginning;
  }

  /** Ends what a fault began; harmless where there is nothing to end. */
  @FunctionalInterface
  interface End {

    /** A fault that is over when it has begun. */
    End NOTHING = () -> {};

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

  End begin(Stage stage, Step step) throws Exception {
    return beginning.begin(stage, step);
  }
}
