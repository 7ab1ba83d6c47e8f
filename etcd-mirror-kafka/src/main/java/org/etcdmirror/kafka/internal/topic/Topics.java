package org.etcdmirror.kafka.internal.topic;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.Failures;

/** The topics of one sink at the brokers. Safe for use by many threads. */
public final class Topics {

  /** A broker that has just made a topic may not show it for a moment: 5 s at most. */
  private static final int MOST_LOOKS = 9;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  private final Clients clients;
  private final TopicRule rule;
  private final NewTopics made;

  /** The topics of this rule. */
  public Topics(Clients clients, TopicRule rule, NewTopics made) {
    this.clients = clients;
    this.rule = rule;
    this.made = made;
  }

  /** The topics of data that exist. */
  public SortedMap<String, TopicShape> present() throws IOException, InterruptedException {
    return present(rule.topics());
  }

  /**
   * The topics of data, all of them. Waits a little for those that were just made.
   *
   * @throws IOException if one is missing
   */
  public SortedMap<String, TopicShape> all() throws IOException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int look = 1; ; look++) {
      SortedMap<String, TopicShape> present = present();
      Optional<String> missing =
          rule.topics().stream().filter(name -> !present.containsKey(name)).findFirst();
      if (missing.isEmpty()) {
        return present;
      }
      if (look == MOST_LOOKS) {
        throw new IOException(described(missing.get()) + " does not exist yet");
      }
      Thread.sleep(pause.toMillis());
      pause = pause.multipliedBy(2);
    }
  }

  private SortedMap<String, TopicShape> present(Collection<String> names)
      throws IOException, InterruptedException {
    SortedMap<String, TopicShape> found = new TreeMap<>();
    Map<String, KafkaFuture<TopicDescription>> answers =
        clients.admin().describeTopics(names).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : answers.entrySet()) {
      String name = answer.getKey();
      try {
        TopicDescription topic = answer.getValue().get();
        found.put(name, new TopicShape(topic.topicId().toString(), topic.partitions().size()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw Failures.of("cannot look at " + described(name), e);
        }
      }
    }
    return found;
  }

  /**
   * Makes the topics that are missing, and looks at how the others are cleaned.
   *
   * @param state the topic of the checkpoint
   * @throws PermanentException if one is not compacted
   */
  public void make(String state) throws IOException, InterruptedException {
    for (String name : rule.topics()) {
      if (name.equals(state)) {
        throw new PermanentException(
            "topic '%s' is to hold data and the checkpoint: name another topic for one of them"
                .formatted(name));
      }
      make(made.data(name));
    }
    make(made.state(state));
  }

  private void make(NewTopic topic) throws IOException, InterruptedException {
    String name = topic.name();
    if (!present(List.of(name)).isEmpty()) {
      requireCompacted(name);
      return;
    }
    try {
      clients.admin().createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw Failures.of("cannot create " + described(name), e);
      }
      requireCompacted(name);
    }
  }

  /** Without compaction the topic loses keys, or grows with each change. */
  private void requireCompacted(String name) throws IOException, InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Map<ConfigResource, Config> found;
    try {
      found = clients.admin().describeConfigs(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw Failures.of("cannot read the settings of " + described(name), e);
    }
    String policy =
        found.values().stream()
            .map(config -> config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value())
            .findFirst()
            .orElse("");
    if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      throw new PermanentException(
          "%s has cleanup.policy=%s: set it to compact, or name another topic"
              .formatted(described(name), policy));
    }
  }

  private String described(String name) {
    return "topic '%s' at '%s'".formatted(name, clients.brokers());
  }
}
