package org.etcdmirror.kafka.internal.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.kafka.internal.topic.TopicShape;
import org.jspecify.annotations.Nullable;

/**
 * What each transaction stores besides its records. So it says of each transaction whether it was
 * committed.
 *
 * @param link the name of the link
 * @param version the fence
 * @param transaction the number of the transaction among those of its writer
 * @param topics the topics that hold the data
 * @param checkpoint how far the data is; null before the first checkpoint
 */
public record StoredState(
    String link,
    Version version,
    long transaction,
    SortedMap<String, TopicShape> topics,
    @Nullable Checkpoint checkpoint) {

  /** Copies the map. */
  public StoredState {
    topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
  }

  /** Whether this is what the transaction stored. */
  public boolean isOf(StoredState attempted) {
    return version.writer().equals(attempted.version.writer())
        && transaction == attempted.transaction;
  }
}
