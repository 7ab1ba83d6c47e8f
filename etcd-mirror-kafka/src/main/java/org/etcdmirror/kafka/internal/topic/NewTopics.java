package org.etcdmirror.kafka.internal.topic;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.etcdmirror.kafka.internal.client.LargestRecord;
import org.jspecify.annotations.Nullable;

/**
 * How missing topics are made.
 *
 * @param partitions of a topic of data; null for the brokers' default
 * @param replication of each topic; null for the brokers' default
 */
public record NewTopics(@Nullable Integer partitions, @Nullable Short replication) {

  /** A topic of data. */
  NewTopic data(String name) {
    return compacted(name, Optional.ofNullable(partitions), Map.of());
  }

  /** A topic of one key: it is compacted early, so that it stays small. */
  NewTopic state(String name) {
    return compacted(
        name,
        Optional.of(1),
        Map.of(
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(16 << 20),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.1"));
  }

  private NewTopic compacted(
      String name, Optional<Integer> parts, Map<String, String> furtherSettings) {
    Map<String, String> settings = new HashMap<>(furtherSettings);
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    settings.put(
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LargestRecord.DEFAULT_BYTES));
    return new NewTopic(name, parts, Optional.ofNullable(replication)).configs(settings);
  }
}
