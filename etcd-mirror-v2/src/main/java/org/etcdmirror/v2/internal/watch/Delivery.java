package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Knows the confirmed index of a stream: every event of the selection through it is in the outbox.
 * It moves with each event, and beyond them when something else proves that there were none. Used
 * by the follower's thread; {@link #confirmed} may be asked before that one begins.
 */
public final class Delivery {

  private final Credit credit;
  private final Outbox outbox;
  private final EventTranslator translator;
  private final @Nullable TtlKeeper ttls;
  private final Delivered delivered = new Delivered();
  private long confirmed;
  private long headSeen;

  /**
   * Creates the delivery of one stream.
   *
   * @param ttls keeps expiries true; null if they are not wanted
   */
  public Delivery(
      Credit credit, Outbox outbox, EventTranslator translator, @Nullable TtlKeeper ttls) {
    this.credit = credit;
    this.outbox = outbox;
    this.translator = translator;
    this.ttls = ttls;
  }

  /** Everything through {@code index} counts as delivered. */
  void begin(long index) {
    confirmed = index;
    outbox.begin(index);
    delivered.begin(index);
  }

  long confirmed() {
    return confirmed;
  }

  /** Sees to what is due. */
  void tick() {
    if (ttls != null) {
      ttls.tick(confirmed);
    }
  }

  void headSeen(long index) {
    headSeen = Math.max(headSeen, index);
    outbox.headSeen(index);
  }

  boolean isOurs(V2Event event) throws V2ProtocolException {
    return translator.translate(event).isPresent();
  }

  /**
   * Takes the next event; one that was delivered before is dropped.
   *
   * @param cost what it holds of the stream's credit
   * @throws LostEventsException if it shows that something was missed
   */
  void accept(V2Event event, int cost) throws IOException, LostEventsException {
    long index = event.node().modifiedIndex();
    if (index <= confirmed) {
      refuseMissed(event);
      credit.giveBack(cost);
      return;
    }
    Optional<MirrorEvent> meaning = translator.translate(event);
    if (meaning.isEmpty()) {
      credit.giveBack(cost);
      confirm(index, System.nanoTime());
      return;
    }
    if (ttls != null) {
      // First, for the event may be what brings its key into being.
      ttls.see(meaning.get());
      ttls.tell(index);
    }
    SourceNotice lossy = EventTranslator.lossyValue(event);
    if (lossy != null) {
      outbox.notice(lossy);
    }
    confirmed = index;
    delivered.add(index);
    outbox.add(meaning.get(), cost);
  }

  /**
   * An event at or below the confirmed index that never was delivered disproves the index. One that
   * comes twice does not.
   */
  void refuseMissed(V2Event event) throws IOException, LostEventsException {
    long index = event.node().modifiedIndex();
    if (index <= confirmed && delivered.misses(index) && isOurs(event)) {
      throw new IndexDisprovedException(
          index,
          confirmed,
          Math.max(headSeen, confirmed),
          "%s of %s arrived after its index was confirmed"
              .formatted(event.action(), event.node().key()));
    }
  }

  /**
   * Takes note of a proof that no own event lies between the last event and {@code index}.
   *
   * @param askedNanos when the proof was asked for, by {@link System#nanoTime()}
   */
  void confirm(long index, long askedNanos) {
    if (index > confirmed) {
      if (ttls != null) {
        ttls.tell(index);
      }
      confirmed = index;
    }
    if (index == confirmed) {
      outbox.advance(index, askedNanos);
    }
  }
}
