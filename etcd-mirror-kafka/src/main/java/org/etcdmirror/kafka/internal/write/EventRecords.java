package org.etcdmirror.kafka.internal.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.internal.read.StateOfTopics;
import org.etcdmirror.kafka.internal.record.EtcdHeaders;
import org.etcdmirror.kafka.internal.topic.TopicRule;
import org.etcdmirror.kafka.internal.topic.TopicShape;
import org.jspecify.annotations.Nullable;

/** Makes records of events. */
final class EventRecords {

  private final TopicRule rule;
  private final StateOfTopics state;

  EventRecords(TopicRule rule, StateOfTopics state) {
    this.rule = rule;
    this.state = state;
  }

  /**
   * The records of a batch, in its order.
   *
   * @param topics where they go
   * @param isOfSnapshot whether the events come from a comparison
   */
  List<ProducerRecord<byte[], byte[]>> of(
      EventBatch batch,
      SortedMap<String, TopicShape> topics,
      Prefixes prefixes,
      boolean isOfSnapshot)
      throws IOException, InterruptedException {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Set<Bytes> inTrees = inDeletedTrees(batch, topics, prefixes);
    for (MirrorEvent event : batch.events()) {
      prefixes.require(event);
      if (event instanceof Put put) {
        Headers headers = EtcdHeaders.of(put, isOfSnapshot);
        records.add(record(put.key(), put.value(), headers, topics));
        inTrees.add(put.key());
      } else if (event instanceof Delete) {
        records.add(tombstone(event, event.key(), topics, isOfSnapshot));
      } else if (event instanceof DeleteTree) {
        for (Bytes key : inTrees.stream().filter(key -> isIn(event.key(), key)).toList()) {
          records.add(tombstone(event, key, topics, isOfSnapshot));
          inTrees.remove(key);
        }
      } else if (!(event instanceof Refresh)) { // A record cannot be given another expiry.
        throw new PermanentException(
            "a topic cannot hold '%s' at index %d".formatted(event, event.index()));
      }
    }
    return records;
  }

  /** The keys that the topics hold in the trees that the batch deletes. */
  private Set<Bytes> inDeletedTrees(
      EventBatch batch, SortedMap<String, TopicShape> topics, Prefixes prefixes)
      throws IOException, InterruptedException {
    List<Bytes> trees =
        batch.events().stream().filter(DeleteTree.class::isInstance).map(MirrorEvent::key).toList();
    return trees.isEmpty()
        ? new LinkedHashSet<>()
        : state.keys(
            topics, key -> prefixes.owns(key) && trees.stream().anyMatch(tree -> isIn(tree, key)));
  }

  private static boolean isIn(Bytes tree, Bytes key) {
    return KeyModel.PATHS.covers(tree, key);
  }

  private ProducerRecord<byte[], byte[]> tombstone(
      MirrorEvent event, Bytes key, SortedMap<String, TopicShape> topics, boolean isOfSnapshot) {
    return record(key, null, EtcdHeaders.ofDelete(event, isOfSnapshot), topics);
  }

  private ProducerRecord<byte[], byte[]> record(
      Bytes key, @Nullable Bytes value, Headers headers, SortedMap<String, TopicShape> topics) {
    String topic = rule.of(key);
    TopicShape shape = topics.get(topic);
    if (shape == null) {
      throw new IllegalStateException("topic '" + topic + "' was not made");
    }
    return new ProducerRecord<>(
        topic,
        shape.partitionOf(key),
        null,
        key.toByteArray(),
        value == null ? null : value.toByteArray(),
        headers);
  }
}
