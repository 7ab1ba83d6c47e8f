package org.etcdmirror.kafka.internal.topic;

import org.apache.kafka.common.utils.Utils;
import org.etcdmirror.api.Bytes;

/**
 * What must stay of a topic as long as its data is to mean anything.
 *
 * @param id tells the topic from a later one of the same name
 * @param partitions how many partitions hold keys. A topic may get more later: then its keys stay
 *     where they are, because otherwise the order of a key's changes would be lost
 */
public record TopicShape(String id, int partitions) {

  /** The partition of a key, as Kafka's own producer chooses it. */
  public int partitionOf(Bytes key) {
    return Utils.toPositive(Utils.murmur2(key.toByteArray())) % partitions;
  }
}
