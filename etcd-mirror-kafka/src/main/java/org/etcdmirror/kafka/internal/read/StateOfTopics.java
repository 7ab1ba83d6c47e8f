package org.etcdmirror.kafka.internal.read;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.kafka.internal.record.EtcdHeaders;
import org.etcdmirror.kafka.internal.sort.Found;
import org.etcdmirror.kafka.internal.sort.LastOfEachKey;
import org.etcdmirror.kafka.internal.topic.TopicRule;
import org.etcdmirror.kafka.internal.topic.TopicShape;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state that the records of the topics lead to. A record counts only in the topic that
 * its key belongs to: the rule may have been another one before.
 */
public final class StateOfTopics {

  private final TopicReader reader;
  private final TopicRule rule;

  /** The state of the topics of this rule. */
  public StateOfTopics(TopicReader reader, TopicRule rule) {
    this.reader = reader;
    this.rule = rule;
  }

  /** What is there in the selection. */
  public Snapshot snapshot(
      SourceHead head, SortedMap<String, TopicShape> topics, Selection selection)
      throws IOException, InterruptedException {
    Wanted wanted = new Wanted(selection);
    LastOfEachKey entries = new LastOfEachKey();
    boolean done = false;
    try {
      reader.read(topics, record -> add(record, wanted, entries));
      done = true;
      return new KafkaSnapshot(head, entries);
    } finally {
      if (!done) {
        entries.close();
      }
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> record, Wanted wanted, LastOfEachKey entries)
      throws IOException {
    Bytes key = keyOf(record);
    int group = key == null ? Wanted.NOT : wanted.group(key);
    if (key == null || group == Wanted.NOT) {
      return;
    }
    byte[] value = record.value();
    var put = value == null ? null : EtcdHeaders.put(key, value, record.headers());
    entries.add(new Found(group, key, record.offset(), put));
  }

  /** The keys that hold a value, as far as they are asked for. They are held in memory. */
  public Set<Bytes> keys(SortedMap<String, TopicShape> topics, Predicate<Bytes> isWanted)
      throws IOException, InterruptedException {
    Set<Bytes> keys = new LinkedHashSet<>();
    reader.read(
        topics,
        record -> {
          Bytes key = keyOf(record);
          if (key == null || OwnKeys.contains(key) || !isWanted.test(key)) {
            return;
          }
          if (record.value() == null) {
            keys.remove(key);
          } else {
            keys.add(key);
          }
        });
    return keys;
  }

  private @Nullable Bytes keyOf(ConsumerRecord<byte[], byte[]> record) {
    byte[] bytes = record.key();
    if (bytes == null) {
      return null;
    }
    Bytes key = Bytes.of(bytes);
    return rule.of(key).equals(record.topic()) ? key : null;
  }
}
