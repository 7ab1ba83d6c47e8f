package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
@EtcdTest(v2 = false)
class EtcdSinkConnectorTest {

  private static final TopicPartition ZERO = new TopicPartition("t", 0);

  private final EtcdSinkConnector connector = new EtcdSinkConnector();

  private static Map<String, String> settings(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "c");
    settings.put("topics", "t");
    settings.put(SinkConfig.ADDRESS, "v3:http://a:2379");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return settings;
  }

  private List<String> problems(String... more) {
    return connector.validate(settings(more)).configValues().stream()
        .flatMap(value -> value.errorMessages().stream())
        .toList();
  }

  @Test
  void connectFindsIt() {
    assertThat(ServiceLoader.load(SinkConnector.class).stream().map(ServiceLoader.Provider::type))
        .contains(EtcdSinkConnector.class);
  }

  @Test
  void tasksHaveTheSettingsOfTheConnector() {
    connector.start(settings());
    assertThat(connector.taskClass()).isEqualTo(EtcdSinkTask.class);
    assertThat(connector.taskConfigs(2)).containsExactly(settings(), settings());
  }

  @Test
  void validationNamesWhatIsWrong() {
    assertThat(problems()).isEmpty();
    assertThat(problems(SinkConfig.ADDRESS, "v3:a:2379"))
        .singleElement()
        .asString()
        .contains("a:2379");
    assertThat(problems(SinkConfig.PREFIXES, "/a/,/a/=/b/"))
        .singleElement()
        .asString()
        .contains("key.prefixes: ", "same prefix");
    assertThat(problems(SinkConfig.ADDRESS, "v2:http://a:2379"))
        .singleElement()
        .asString()
        .contains("only etcd v3 is written");
    assertThat(problems("etcd.user", "u"))
        .singleElement()
        .asString()
        .contains("give the user with etcd.password.file");
    assertThat(problems(SinkConfig.MAX_REQUEST_BYTES, "1")).isNotEmpty();
  }

  @Test
  void settingThatSkipsRecordsIsRefused() {
    assertThatThrownBy(
            () -> connector.start(settings("consumer.override.auto.offset.reset", "latest")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("set it to earliest");
  }

  @Test
  void offsetsThatAPersonSetsAreWhereTasksGoOn(EtcdServer server) {
    V3Http etcd = new V3Http(server.clientUrl());
    Map<String, String> settings = settings(SinkConfig.ADDRESS, "v3:" + server.clientUrl());
    Topics topics = new Topics();
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/b", "1");
    assertThat(connector.alterOffsets(settings, Map.of(ZERO, 1L))).isTrue();
    try (Worker worker = new Worker(topics, settings, 100)) {
      worker.assign(ZERO);
      worker.pollAll();
    }
    assertThat(etcd.values("/a")).isEmpty();
    assertThat(etcd.values("/b")).hasSize(1);
    Map<TopicPartition, Long> reset = new HashMap<>();
    reset.put(ZERO, null);
    assertThat(connector.alterOffsets(settings, reset)).isTrue();
    try (Worker worker = new Worker(topics, settings, 100)) {
      worker.assign(ZERO);
      worker.pollAll();
    }
    assertThat(etcd.values("/a")).hasSize(1);
  }
}
