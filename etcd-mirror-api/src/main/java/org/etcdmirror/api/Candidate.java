package org.etcdmirror.api;

import java.io.IOException;

/**
 * One of several mirrors of a link. The cluster of their sink lets one of them lead at a time. One
 * thread at a time calls these methods.
 */
public interface Candidate extends AutoCloseable {

  /**
   * Tries to get the lead, or prolongs it. Sends a few requests, and waits for their answers no
   * longer than a part of the term.
   *
   * @return who leads now
   * @throws IOException if the cluster does not answer; a lead that was held may last or may be
   *     lost
   * @throws PermanentException if it will never work
   */
  Lead ask() throws IOException, InterruptedException;

  /**
   * Gives up the lead, so that another member gets it at once. Does nothing if this does not lead.
   *
   * @throws IOException if the cluster does not answer; the lead then ends with its term
   */
  void resign() throws IOException, InterruptedException;

  /**
   * Tells the leader that this member has led, and that a write of its may have come after its
   * term. The leader then compares both sides. Does nothing if the sink refuses such writes.
   *
   * @throws IOException if the cluster does not answer
   */
  void tellOfLateWrites() throws IOException, InterruptedException;

  /**
   * Makes a sink for the time during which this leads. The caller closes it. If another member may
   * lead, its writes fail with a {@link FencedException}.
   */
  EventSink sink();

  /** Closes the connections. Does not give up the lead. Harmless when repeated. */
  @Override
  void close();
}
