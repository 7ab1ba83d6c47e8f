package org.etcdmirror.core.internal.unsupported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of one reduced batch what the sink cannot hold. What is known from the entry alone goes
 * at once, the rest when the sink has refused it.
 */
public final class UnsupportedFilter {

  private final EntryCheck check;
  private final EventBatch batch;

  /** The refusals of the sink, by key. */
  private final Map<Bytes, Refusal> refused = new HashMap<>();

  private List<Refusal> leftOut = List.of();
  private EventBatch written;

  public UnsupportedFilter(EntryCheck check, EventBatch batch) {
    this.check = check;
    this.batch = batch;
    this.written = batch;
  }

  /**
   * The events that the sink can hold, as far as is known.
   *
   * @throws ComparisonNeededException if only a comparison tells what that is
   * @throws UnsupportedEntryException if nothing may be left out
   */
  public EventBatch held() throws ComparisonNeededException {
    if (!check.isNeeded() && refused.isEmpty()) {
      return batch;
    }
    List<MirrorEvent> deletes = new ArrayList<>();
    List<MirrorEvent> others = new ArrayList<>();
    leftOut = new ArrayList<>();
    for (MirrorEvent event : batch.events()) {
      MirrorEvent held = held(event);
      if (held instanceof Delete && check.shadows().contains(held.key())) {
        throw new ComparisonNeededException(Gap.Reason.FORCED);
      } else if (held instanceof Delete && check.findsClashes()) {
        // Keys of such a source are not related, so any order will do, and this one makes room.
        deletes.add(held);
      } else if (held != null) {
        others.add(held);
      }
    }
    if (!leftOut.isEmpty() && !check.skips()) {
      leftOut.forEach(check::tell);
      throw new UnsupportedEntryException(leftOut);
    }
    deletes.addAll(others);
    written = EventBatch.of(deletes, batch.index(), batch.headIndex());
    return written;
  }

  private @Nullable MirrorEvent held(MirrorEvent event) {
    Bytes key = event.key();
    if (event instanceof Entry entry) {
      Refusal refusal = refused.containsKey(key) ? refused.get(key) : check.refusal(entry);
      if (refusal != null) {
        leftOut.add(refusal);
        // An older value is not what the source holds any more.
        return check.isNameable(key) ? new Delete(key, event.index()) : null;
      }
      Bytes above = check.shadows().above(key);
      if (above != null) {
        leftOut.add(EntryCheck.shadowed(key, above));
        return null;
      }
    } else if ((event instanceof Delete || event instanceof Refresh) && !check.isNameable(key)) {
      return null;
    }
    return event;
  }

  /**
   * The sink refused some of what it was given, and {@link #held()} is to know better next.
   *
   * @throws ComparisonNeededException if only a comparison helps
   * @throws UnsupportedEntryException the same, if nothing may be left out
   */
  public void learn(UnsupportedEntryException e) throws ComparisonNeededException {
    if (!check.skips()) {
      e.refusals().forEach(check::tell);
      throw e;
    }
    boolean news = false;
    for (Refusal refusal : e.refusals()) {
      Bytes clash = refusal.clash();
      if (clash == null) {
        news |= refused.put(refusal.key(), refusal) == null;
      } else if (KeyModel.PATHS.covers(clash, refusal.key())) {
        news |= check.shadows().add(clash);
      } else {
        throw new ComparisonNeededException(Gap.Reason.FORCED);
      }
    }
    if (!news) {
      throw e;
    }
  }

  /** The batch is applied without what was left out. */
  public void applied() {
    leftOut.forEach(check::tell);
    check.leftOut(leftOut.size());
  }

  /** Takes note that the batch was applied. */
  public EventBatch written() {
    return written;
  }

  /** The number of events that were left out. */
  public int leftOut() {
    return leftOut.size();
  }

  /** The events without puts that were refused; of what can never be held, no older value stays. */
  public static List<MirrorEvent> without(List<MirrorEvent> events, List<Refusal> refusals) {
    Map<Bytes, Refusal> refused = new HashMap<>();
    refusals.forEach(refusal -> refused.put(refusal.key(), refusal));
    List<MirrorEvent> rest = new ArrayList<>(events.size());
    for (MirrorEvent event : events) {
      Refusal refusal = event instanceof Put ? refused.get(event.key()) : null;
      if (refusal == null) {
        rest.add(event);
      } else if (refusal.clash() == null) {
        rest.add(new Delete(event.key(), event.index()));
      }
    }
    return rest;
  }
}
