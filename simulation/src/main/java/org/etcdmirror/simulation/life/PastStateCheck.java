package org.etcdmirror.simulation.life;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Store;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.etcdmirror.v3.rpc.KeyValue;

/**
 * If the checkpoint says that the sink is level, its entries are those of the source at the stored
 * index or a later one. Where expiries are copied, what is on a lease may be gone already, and what
 * is on none may not be on one.
 */
final class PastStateCheck implements WriteCheck {

  private final V3Cluster source;
  private final LinkDesign design;

  PastStateCheck(V3Cluster source, LinkDesign design) {
    this.source = source;
    this.design = design;
  }

  @Override
  public void afterWrite(V3Store sink, StoredCheckpoint stored) {
    List<String> scope = design.scopeOf(stored.scope());
    Map<String, KeyValue> mirrored = entries(sink, sink.revision(), scope);
    if (stored.equals(StoredCheckpoint.NONE)) {
      require(mirrored.isEmpty(), "entries without a checkpoint");
    } else if (stored.saysLevel()) {
      // The stored index may be behind the sink: a batch whose answer was lost comes again.
      boolean isPast =
          source.histories().stream()
              .anyMatch(history ->
                  LongStream.rangeClosed(stored.index(), history.revision())
                      .anyMatch(at -> isCopy(entries(history, at, scope), mirrored)));
      require(
          isPast,
          "the sink at revision %d is not the source at index %d: %s; the source is %s; the sink is the source at %s; checkpoint %s"
              .formatted(
                  sink.revision(),
                  stored.index(),
                  text(mirrored),
                  text(entries(source.store(), indexInSource(stored), scope)),
                  indexesOf(mirrored, scope),
                  stored));
    }
  }

  private long indexInSource(StoredCheckpoint stored) {
    return Math.min(stored.index(), source.store().revision());
  }

  private Map<String, KeyValue> entries(V3Store store, long revision, List<String> scope) {
    Map<String, KeyValue> found = new TreeMap<>();
    for (String prefix : scope) {
      String top = prefix + "/";
      store
          .keys(revision)
          .tailMap(ByteString.copyFromUtf8(top), true)
          .forEach((key, entry) -> {
            String name = key.toStringUtf8();
            if (name.startsWith(top) && design.isIncluded(name)) {
              found.put(name, entry);
            }
          });
    }
    return found;
  }

  private boolean isCopy(Map<String, KeyValue> wanted, Map<String, KeyValue> found) {
    if (!wanted.keySet().containsAll(found.keySet())) {
      return false;
    }
    return wanted.entrySet().stream()
        .allMatch(entry -> isCopy(entry.getValue(), found.get(entry.getKey())));
  }

  private boolean isCopy(KeyValue wanted, @org.jspecify.annotations.Nullable KeyValue found) {
    boolean expires = design.copiesExpiry() && wanted.getLease() != 0;
    if (found == null) {
      return expires;
    }
    return found.getValue().equals(wanted.getValue()) && (found.getLease() != 0) == expires;
  }

  /** The indexes at which the source held these entries. */
  private List<Long> indexesOf(Map<String, KeyValue> mirrored, List<String> scope) {
    V3Store store = source.store();
    return LongStream.rangeClosed(1, store.revision())
        .filter(at -> isCopy(entries(store, at, scope), mirrored))
        .boxed()
        .toList();
  }

  private static String text(Map<String, KeyValue> entries) {
    Map<String, String> text = new TreeMap<>();
    entries.forEach((key, entry) ->
        text.put(
            key, entry.getValue().toStringUtf8() + (entry.getLease() == 0 ? "" : " on a lease")));
    return text.toString();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationException(otherwise);
    }
  }
}
