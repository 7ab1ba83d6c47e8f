package org.etcdmirror.core.internal.identity;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.IndexStore.Place;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideStore;

/** Checks that a sink and an index store fit together, so that no index outlives its data. */
public final class StorePairing {

  private StorePairing() {}

  /**
   * The store to use, whose failures name their side: it notices a sink that is another one, was
   * wiped or put back.
   *
   * @param side what the store's failures name
   * @throws IllegalArgumentException if the two can never be right together
   */
  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  public static IndexStore tied(EventSink sink, IndexStore store, Side side) {
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
