package org.etcdmirror.kafka.connect.source.gap;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether a topic can hold what a link writes, and give it back. */
public final class TopicLook {

  private static final String ANSWER_MILLIS = "10000";

  private final ReaderSettings settings;

  /** Connects to nothing yet. */
  public TopicLook(ReaderSettings settings) {
    this.settings = requireNonNull(settings, "settings");
  }

  /**
   * What is wrong with the topic; empty if nothing is, or if there is no such topic yet.
   *
   * @param largest the most bytes of a record
   * @throws IOException if the brokers cannot be asked now
   */
  public List<String> problems(String topic, long largest)
      throws IOException, InterruptedException {
    Map<String, Object> all = settings.all();
    all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
    all.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(all)) {
      Config found =
          requireNonNull(
              admin.describeConfigs(List.of(resource)).all().get().get(resource), "an answer");
      return problems(topic, largest, found);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return List.of();
      }
      throw new IOException(
          "topic '%s' at '%s' cannot be looked at: %s"
              .formatted(topic, settings.brokers(), e.getCause()),
          e);
    }
  }

  private static List<String> problems(String topic, long largest, Config found) {
    List<String> problems = new ArrayList<>();
    String policy = value(found, TopicConfig.CLEANUP_POLICY_CONFIG);
    if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      problems.add(
          "topic '%s' has cleanup.policy=%s, so it loses keys: set it to compact"
              .formatted(topic, policy));
    }
    String most = value(found, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    if (Long.parseLong(most) < largest) {
      problems.add(
          "topic '%s' has max.message.bytes=%s, so a record of %d bytes would stop the task: increase it, or decrease largest.record.bytes"
              .formatted(topic, most, largest));
    }
    return problems;
  }

  private static String value(Config found, String name) {
    return requireNonNull(found.get(name), name).value();
  }
}
