package org.etcdmirror.core.internal.identity;

import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.IndexStore.Place;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideStore;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.jspecify.annotations.Nullable;

/** Chooses the index store of a sink. The two fit together, so that no index outlives its data. */
public final class StorePairing {

  private StorePairing() {}

  /**
   * The store to use, whose failures name their side. It notices a sink that was replaced, wiped or
   * restored.
   *
   * @param sink as the user gave it
   * @param named the same, with failures that name their side
   * @param chosen the store that the user gave; null for the one that the sink offers
   * @param link the name under which the sink keeps the index
   * @throws IllegalArgumentException if there is no store, or the two can never be right together
   */
  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  public static IndexStore of(
      EventSink sink, EventSink named, @Nullable IndexStore chosen, String link) {
    if (chosen != null && sink instanceof AtomicSink) {
      throw new IllegalArgumentException(
          "indexStore(...) has no effect, because sink %s keeps its index with its data: %s; leave it out"
              .formatted(name(sink), name(chosen)));
    }
    IndexStore store = chosen != null ? chosen : offered(sink, link);
    return store == sink && named instanceof AtomicSink both
        ? both
        : tied(sink, store, chosen == null ? Side.SINK : Side.INDEX_STORE);
  }

  private static IndexStore offered(EventSink sink, String link) {
    IndexStore offered = sink.indexStore(link);
    if (offered == null && !sink.isDurable()) {
      return new InMemoryIndexStore();
    }
    if (offered == null) {
      throw new IllegalArgumentException(
          "sink offers no index store: %s; name one by indexStore(...), or use a sink that offers one"
              .formatted(name(sink)));
    }
    return offered;
  }

  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  private static IndexStore tied(EventSink sink, IndexStore store, Side side) {
    Place place = store.place();
    IndexStore named = new SideStore(side, store);
    if (store == sink || place == Place.PROCESS) {
      return named;
    }
    if (!sink.isDurable()) {
      throw new IllegalArgumentException(
          "sink %s loses its data when the process ends, but index store %s does not: the next run would resume at an index"
                  .formatted(name(sink), name(store))
              + " with an empty sink; use an InMemoryIndexStore");
    }
    if (place == Place.WITH_DATA) {
      return named;
    }
    if (sink instanceof IdentifiedSink identified) {
      return new IdentifiedStore(identified, named);
    }
    throw new IllegalArgumentException(
        "index store %s keeps the index apart from the data, and sink %s cannot identify its data;"
                .formatted(name(store), name(sink))
            + " keep the index in the sink or beside its data (StoreBeside), or make the sink an IdentifiedSink");
  }

  private static String name(Object part) {
    return part.getClass().getName();
  }
}
