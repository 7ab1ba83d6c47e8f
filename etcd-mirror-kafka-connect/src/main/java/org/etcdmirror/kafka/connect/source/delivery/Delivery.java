package org.etcdmirror.kafka.connect.source.delivery;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Records that the worker has to take as one, and which of them it has not confirmed. Guarded by
 * the lock of {@link Deliveries}.
 */
final class Delivery {

  private final List<SourceRecord> records;

  /** By identity: records of equal content are not the same. */
  private final Set<SourceRecord> unconfirmed = Collections.newSetFromMap(new IdentityHashMap<>());

  Delivery(List<SourceRecord> records) {
    this.records = List.copyOf(records);
    unconfirmed.addAll(records);
  }

  List<SourceRecord> records() {
    return records;
  }

  /** False if the record is of another delivery. */
  boolean confirm(SourceRecord record) {
    return unconfirmed.remove(record);
  }

  boolean isConfirmed() {
    return unconfirmed.isEmpty();
  }

  int missing() {
    return unconfirmed.size();
  }
}
