package org.etcdmirror.kafka.connect.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.util.ConnectorUtils;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.etcdmirror.kafka.connect.source.offset.OffsetMap;
import org.etcdmirror.kafka.connect.source.plan.EtcdReach;
import org.etcdmirror.kafka.connect.source.plan.PlanChecks;
import org.etcdmirror.kafka.connect.source.plan.PlanChecks.Problem;
import org.etcdmirror.kafka.connect.source.plan.SourcePlan;

/**
 * Follows prefixes of etcd v2 or v3 and writes each change to a topic. A link is a group of
 * prefixes with an offset of its own; the worker spreads the links over the tasks.
 *
 * <p>With {@code exactly.once.support=required} a topic has each change once, and what a
 * transaction of etcd changed is in one transaction of Kafka. Else a change may come again after a
 * crash.
 */
public final class EtcdSourceConnector extends SourceConnector {

  /** The links of a task by their numbers in the plan, for {@link EtcdSourceTask}. */
  static final String TASK_LINKS = "task.links";

  private Map<String, String> settings = Map.of();

  /** For the worker. */
  public EtcdSourceConnector() {}

  @Override
  public String version() {
    String version = EtcdSourceConnector.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  @Override
  public ConfigDef config() {
    return SourcePlan.definitions();
  }

  /** Checks each setting, then how they fit each other, then whether etcd answers. */
  @Override
  public Config validate(Map<String, String> given) {
    Config config = super.validate(given);
    if (hasErrors(config)) {
      return config;
    }
    SourcePlan plan = new SourcePlan(given);
    tell(config, PlanChecks.of(plan));
    if (!hasErrors(config)) {
      try {
        tell(config, EtcdReach.problems(plan));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectException("the check of the settings was interrupted", e);
      }
    }
    return config;
  }

  private static boolean hasErrors(Config config) {
    return config.configValues().stream().anyMatch(value -> !value.errorMessages().isEmpty());
  }

  /** A setting of the worker has no value here, so its problem is told at one of ours. */
  private static void tell(Config config, List<Problem> problems) {
    for (Problem problem : problems) {
      value(config, problem.setting())
          .or(() -> value(config, EtcdSide.ADDRESS))
          .ifPresent(value -> value.addErrorMessage(problem.why()));
    }
  }

  private static Optional<ConfigValue> value(Config config, String setting) {
    return config.configValues().stream().filter(one -> one.name().equals(setting)).findFirst();
  }

  @Override
  public void start(Map<String, String> given) {
    SourcePlan plan = new SourcePlan(given);
    List<Problem> problems = PlanChecks.of(plan);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems.get(0).setting() + ": " + problems.get(0).why());
    }
    settings = Map.copyOf(given);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return EtcdSourceTask.class;
  }

  /** A link stays whole, so that its changes keep their order. */
  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    // A name may hold any character.
    List<String> links =
        IntStream.range(0, new SourcePlan(settings).links().size())
            .mapToObj(Integer::toString)
            .toList();
    List<Map<String, String>> tasks = new ArrayList<>();
    for (List<String> some :
        ConnectorUtils.groupPartitions(links, Math.min(maxTasks, links.size()))) {
      Map<String, String> task = new HashMap<>(settings);
      task.put(TASK_LINKS, String.join(",", some));
      tasks.add(task);
    }
    return tasks;
  }

  @Override
  public void stop() {}

  @Override
  public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
    return ExactlyOnceSupport.SUPPORTED;
  }

  @Override
  public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> given) {
    return ConnectorTransactionBoundaries.SUPPORTED;
  }

  /**
   * Allows a person to move the offset of a link, or to reset it for a first copy.
   *
   * @throws ConnectException if an offset is none of this connector's, with the reason
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> given, Map<Map<String, ?>, Map<String, ?>> offsets) {
    Set<String> links = new HashSet<>();
    new SourcePlan(given).links().forEach(link -> links.add(link.link()));
    try {
      for (Map.Entry<Map<String, ?>, Map<String, ?>> one : offsets.entrySet()) {
        String link = OffsetMap.link(one.getKey());
        // What a former configuration has left may be removed.
        if (one.getValue() != null) {
          if (!links.contains(link)) {
            throw new ConnectException(
                "the connector has no link '%s': its links are %s".formatted(link, links));
          }
          OffsetMap.decode(link, one.getValue());
        }
      }
    } catch (PermanentException e) {
      throw new ConnectException(e.getMessage(), e);
    }
    return true;
  }
}
