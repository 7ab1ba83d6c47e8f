package org.etcdmirror.core.internal.run;

import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.WorkObserver;

/**
 * What one life of a mirror owns. All its threads share it.
 *
 * @param sides source, sink, index store and the mapping between them
 * @param opening opens the sink
 * @param states the state that users see
 * @param progress how far the mirror is
 * @param listener the user's listeners
 * @param observer the user's observers of work
 * @param gaps the open gaps and how each ended
 * @param approvals the question that waits for a person
 * @param pause the user's pause
 * @param doubts why the sink may not be level
 * @param shutdown the end of the mirror
 * @param repeatedResyncs whether resyncs repeat for the same reason
 * @param writeLimit the most keys to write in a second
 * @param lead whether this mirror still leads its link
 */
public record MirrorRuntime(
    Sides sides,
    SinkOpening opening,
    StateMachine states,
    Progress progress,
    MirrorListener listener,
    WorkObserver observer,
    GapLedger gaps,
    Approvals approvals,
    Pause pause,
    Doubts doubts,
    Shutdown shutdown,
    RepeatedResyncs repeatedResyncs,
    WriteLimit writeLimit,
    KnownLead lead) {

  /** Makes the runtime of a mirror that was not started. */
  public static MirrorRuntime of(
      Settings settings, Sides sides, MirrorListener listener, WorkObserver observer) {
    String link = settings.link();
    Shutdown shutdown = new Shutdown();
    StateMachine states = new StateMachine(link, listener);
    Progress progress = new Progress();
    return new MirrorRuntime(
        sides,
        new SinkOpening(sides.sink(), link, sides.mapper()),
        states,
        progress,
        listener,
        observer,
        new GapLedger(link, progress, listener),
        new Approvals(link, states, progress, listener),
        new Pause(),
        new Doubts(states, progress),
        shutdown,
        new RepeatedResyncs(link, settings.timings().resyncs()),
        new WriteLimit(settings.limits().writesPerSecond(), shutdown, progress),
        new KnownLead(settings.standby() != null));
  }
}
