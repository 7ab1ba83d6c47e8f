package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.internal.read.V3Puts;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/** Makes events of a mirror of those that a watch delivers. For one thread. */
final class EventTranslation {

  private final Selection selection;

  /** Null if expiries are not read. */
  private final @Nullable LeaseWatch leases;

  EventTranslation(Selection selection, @Nullable LeaseWatch leases) {
    this.selection = selection;
    this.leases = leases;
  }

  /**
   * The events of the selection, in the same order.
   *
   * @throws IOException if the expiry of one can't be told now
   */
  List<MirrorEvent> of(List<Event> delivered) throws IOException, InterruptedException {
    List<Event> chosen = delivered.stream().filter(this::isSelected).toList();
    // A delete names no lease.
    Map<Long, Ending> endings =
        leases == null ? Map.of() : leases.endings(chosen.stream().map(Event::getKv).toList());
    List<MirrorEvent> events = new ArrayList<>(chosen.size());
    for (Event event : chosen) {
      KeyValue kv = event.getKv();
      Ending ending = endings.get(kv.getLease());
      MirrorEvent translated =
          event.getType() == Event.EventType.DELETE
              ? new MirrorEvent.Delete(V3Puts.key(kv), kv.getModRevision())
              : leases == null ? V3Puts.withoutTimes(kv) : V3Puts.of(kv, ending);
      events.add(translated);
      if (leases != null) {
        leases.see(translated.key(), ending);
      }
    }
    return events;
  }

  /**
   * The watch may be on more than was asked for, where that is several prefixes; and what mirrors
   * remember is no data.
   */
  private boolean isSelected(Event event) {
    if (V3Puts.isOwn(event.getKv())) {
      return false;
    }
    if (selection.prefixes().size() == 1) {
      return true;
    }
    Bytes key = V3Puts.key(event.getKv());
    return selection.prefixes().stream().anyMatch(key::startsWith);
  }
}
