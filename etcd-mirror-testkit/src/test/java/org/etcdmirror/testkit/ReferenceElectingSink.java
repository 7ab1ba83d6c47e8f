package org.etcdmirror.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Lead;
import org.jspecify.annotations.Nullable;

/** The simplest electing sink that fulfils the contract; sinks of one place share their leaders. */
class ReferenceElectingSink extends ReferenceAtomicSink implements ElectingSink {

  /** Who leads each link, by a clock that only questions move. */
  static final class Place {

    private static final Duration A_QUESTION = Duration.ofMillis(200);

    final ReferenceAtomicSink.Place data = new ReferenceAtomicSink.Place();
    final Map<String, Held> leads = new HashMap<>();
    private Duration now = Duration.ZERO;

    /** The lead of a link, as long as its term lasts. */
    synchronized @Nullable Held of(String link) {
      Held held = leads.get(link);
      return held == null || held.until().compareTo(now) <= 0 ? null : held;
    }

    synchronized void leads(String link, String member, Object owner, Duration term) {
      leads.put(link, new Held(member, owner, now.plus(term)));
    }

    synchronized void wasAsked() {
      now = now.plus(A_QUESTION);
    }
  }

  /** A lead, which its owner has until then. */
  record Held(String member, Object owner, Duration until) {}

  final Place leaders;

  ReferenceElectingSink(Place leaders) {
    super(leaders.data);
    this.leaders = leaders;
  }

  @Override
  public Candidate candidate(String link, String member, Duration term) {
    return new ReferenceCandidate(leaders, link, member, term);
  }

  /** Leads if no other one does. */
  static class ReferenceCandidate implements Candidate {

    final Place leaders;
    final String link;
    private final String member;
    private final Duration term;

    ReferenceCandidate(Place leaders, String link, String member, Duration term) {
      this.leaders = leaders;
      this.link = link;
      this.member = member;
      this.term = term;
    }

    @Override
    public Lead ask() {
      synchronized (leaders) {
        leaders.wasAsked();
        Held held = leaders.of(link);
        if (held != null && held.owner() != this) {
          return new Lead(held.member(), false, 0);
        }
        leaders.leads(link, member, this, term);
        return new Lead(member, true, 0);
      }
    }

    @Override
    public void resign() {
      synchronized (leaders) {
        leaders.leads.values().removeIf(held -> held.owner() == this);
      }
    }

    @Override
    public void tellOfLateWrites() {}

    @Override
    public EventSink sink() {
      return new ReferenceElectingSink(leaders);
    }

    @Override
    public void close() {}
  }
}
