package org.etcdmirror.kafka.internal.read;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.Failures;

/** Where partitions end now. */
final class Ends {

  private Ends() {}

  /**
   * The end of all that was written, transactions that are open or whose commit is not marked yet
   * included. Who reads up to here has read each transaction whose commit was confirmed before.
   */
  static Map<TopicPartition, Long> ofAll(Clients clients, Collection<TopicPartition> partitions)
      throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream().collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest()));
    var options = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> found;
    try {
      found = clients.admin().listOffsets(latest, options).all().get();
    } catch (ExecutionException e) {
      throw Failures.of(
          "cannot find the end of %s at '%s'".formatted(partitions, clients.brokers()), e);
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    found.forEach((partition, info) -> ends.put(partition, info.offset()));
    return ends;
  }
}
