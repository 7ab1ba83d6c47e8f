package org.etcdmirror.kafka.connect.sink;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of topics to a cluster of etcd v3, exactly once: a record with a value is a
 * put, one without a value is a delete. What is written and how far it is read are one transaction
 * of etcd.
 *
 * <p>The number of tasks has no limit of its own: Connect divides the partitions among them.
 */
public final class EtcdSinkConnector extends SinkConnector {

  private Map<String, String> settings = Map.of();

  /** For Connect. */
  public EtcdSinkConnector() {}

  @Override
  public String version() {
    return SinkConfig.version();
  }

  @Override
  public ConfigDef config() {
    return SinkConfig.DEFINITION;
  }

  /**
   * Checks the settings, alone and together, without a connection to etcd.
   *
   * @return the settings with what is wrong with each
   */
  @Override
  public Config validate(Map<String, String> connectorConfigs) {
    Config checked = super.validate(connectorConfigs);
    if (checked.configValues().stream().allMatch(value -> value.errorMessages().isEmpty())) {
      try {
        new SinkConfig(connectorConfigs);
      } catch (ConfigException e) {
        complain(checked, e);
      }
    }
    return checked;
  }

  private static void complain(Config checked, RuntimeException problem) {
    for (ConfigValue value : checked.configValues()) {
      if (value.name().equals(SinkConfig.ADDRESS)) {
        value.addErrorMessage(problem.getMessage());
      }
    }
  }

  /**
   * Takes the settings.
   *
   * @throws ConfigException if one is wrong
   */
  @Override
  public void start(Map<String, String> props) {
    settings = Map.copyOf(props);
    new SinkConfig(settings);
  }

  @Override
  public Class<? extends Task> taskClass() {
    return EtcdSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, settings);
  }

  /**
   * Stores other offsets in etcd, from which the connector goes on. Connect calls this while the
   * connector is stopped. Without an offset, the partition is read again from its beginning.
   *
   * @return true: from now on the offsets hold
   * @throws ConnectException if they cannot be stored, or not all of them
   */
  @Override
  public boolean alterOffsets(
      Map<String, String> connectorConfig, Map<TopicPartition, @Nullable Long> offsets) {
    SinkConfig config = new SinkConfig(connectorConfig);
    for (Map.Entry<TopicPartition, @Nullable Long> entry : offsets.entrySet()) {
      Long offset = entry.getValue();
      try (Partition partition = new Partition(entry.getKey(), config)) {
        partition.moveTo(offset == null ? 0 : offset);
      } catch (IOException | PermanentException e) {
        throw new ConnectException(
            "offset of %s was not stored in etcd: %s".formatted(entry.getKey(), e.getMessage()), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectException("interrupted while the offsets were stored in etcd", e);
      }
    }
    return true;
  }

  @Override
  public void stop() {
    settings = Map.of();
  }
}
