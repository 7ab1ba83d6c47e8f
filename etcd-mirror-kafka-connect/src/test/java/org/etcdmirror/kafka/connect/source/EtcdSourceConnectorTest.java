package org.etcdmirror.kafka.connect.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the worker asks a connector. */
@EtcdTest(v2 = false)
class EtcdSourceConnectorTest {

  private final EtcdSourceConnector connector = new EtcdSourceConnector();

  private Map<String, String> errors(Settings settings) {
    return connector.validate(settings.map()).configValues().stream()
        .filter(value -> !value.errorMessages().isEmpty())
        .collect(
            Collectors.toMap(ConfigValue::name, value -> String.join("; ", value.errorMessages())));
  }

  @Test
  void settingsThatEtcdAnswersToAreRight(EtcdServer etcd) {
    assertThat(errors(Settings.of(etcd.clientUrl()))).isEmpty();
  }

  @Test
  void anEtcdThatDoesNotAnswerIsNamedBeforeTheConnectorStarts() {
    assertThat(errors(Settings.right())).containsOnlyKeys("etcd.address");
    assertThat(errors(Settings.right()).get("etcd.address")).contains("127.0.0.1:1");
  }

  @Test
  void brokersThatDoNotAnswerAreNamed(EtcdServer etcd) {
    assertThat(
            errors(
                Settings.of(etcd.clientUrl())
                    .with("deletes.after.gap", "read")
                    .with("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
                    .with(
                        "value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
                    .with("reader.default.api.timeout.ms", "1000")
                    .with("reader.request.timeout.ms", "1000")
                    .with("reader.bootstrap.servers", "127.0.0.1:1")))
        .containsOnlyKeys("reader.bootstrap.servers");
  }

  @ParameterizedTest
  @CsvSource({
    "etcd.address, nonsense, etcd.address, v3:https",
    "etcd.address, v9:http://a:2379, etcd.address, v9",
    "etcd.user, root, etcd.address, etcd.password.file",
    "record.type, xml, record.type, bytes",
    "groups, 'a,b', prefixes, one of both",
    "heartbeat.topic, etcd.app, heartbeat.topic, another topic",
    "delete.limit, many, delete.limit, 25%",
    "producer.override.max.request.size, 1000000, largest.record.bytes, max.message.bytes",
    "errors.tolerance, all, etcd.address, errors.tolerance",
    "transaction.boundary, interval, etcd.address, poll",
    "deletes.after.gap, read, deletes.after.gap, key.converter",
    "value.converter, org.apache.kafka.connect.storage.StringConverter, record.type, other type"
  })
  void whatIsWrongIsToldAtItsSetting(String setting, String value, String at, String why) {
    assertThat(errors(Settings.right().with(setting, value)).get(at)).contains(why);
  }

  @Test
  void aValueOfEtcdsLimitDoesNotPassByDefaultAndTheCheckSaysSo() {
    assertThat(
            errors(Settings.right().without("producer.override.max.request.size"))
                .get("largest.record.bytes"))
        .contains("producer.override.max.request.size=2097152")
        .contains("by default");
  }

  /** It would show at the next start, when the topic is there. */
  @Test
  void aTopicThatTheWorkerWouldMakeTooSmallIsRefused() {
    Settings made = Settings.right().with("topic.creation.default.replication.factor", "3");
    String bytes = "topic.creation.default.max.message.bytes";
    assertThat(errors(made).get("largest.record.bytes")).contains("set " + bytes + "=2097152");
    assertThat(errors(made.with(bytes, "1048588")).get("largest.record.bytes")).contains("1048588");
    assertThat(errors(made.with(bytes, "2097152"))).containsOnlyKeys("etcd.address");
  }

  @Test
  void transformsAndAReadTopicExcludeEachOther() {
    assertThat(
            errors(
                    Settings.right()
                        .with("deletes.after.gap", "read")
                        .with("reader.bootstrap.servers", "127.0.0.1:1")
                        .with(
                            "key.converter",
                            "org.apache.kafka.connect.converters.ByteArrayConverter")
                        .with(
                            "value.converter",
                            "org.apache.kafka.connect.converters.ByteArrayConverter")
                        .with("transforms", "route"))
                .get("deletes.after.gap"))
        .contains("transforms");
  }

  /** A worker may start what it checked long ago. */
  @Test
  void wrongSettingsDoNotStart() {
    assertThatThrownBy(
            () -> connector.start(Settings.right().with("errors.tolerance", "all").map()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("errors.tolerance");
  }

  @Test
  void everySettingHasAGroupAndAText() {
    for (ConfigDef.ConfigKey key : connector.config().configKeys().values()) {
      assertThat(key.group).as(key.name).isNotBlank();
      assertThat(key.documentation).as(key.name).endsWith(".");
      assertThat(key.displayName).as(key.name).isNotBlank();
    }
  }

  @Test
  void choicesAreRecommended() {
    assertThat(
            connector.validate(Settings.right().map()).configValues().stream()
                .filter(value -> value.name().equals("deletes.after.gap"))
                .findFirst()
                .orElseThrow()
                .recommendedValues())
        .containsExactly("read", "mark", "refuse");
  }

  private List<String> linksOfTasks(int most) {
    return connector.taskConfigs(most).stream().map(task -> task.get("task.links")).toList();
  }

  @Test
  void aLinkIsNotSharedByTasks() {
    connector.start(Settings.right().map());
    assertThat(linksOfTasks(4)).containsExactly("0");
  }

  @Test
  void groupsAreSpreadOverTheTasks() {
    connector.start(
        Settings.right()
            .without("prefixes")
            .with("groups", "a,b,c")
            .with("group.a.prefixes", "/a/")
            .with("group.b.prefixes", "/b/,/bb/")
            .with("group.c.prefixes", "/c/")
            .map());
    assertThat(linksOfTasks(2)).containsExactly("0,1", "2");
    assertThat(linksOfTasks(9)).containsExactly("0", "1", "2");
  }

  /** With another topic for one of them, it is no question. */
  @Test
  void groupsThatWriteTheSameKeysOfATopicAreRefused() {
    Settings both =
        Settings.right()
            .without("prefixes")
            .with("groups", "a,b")
            .with("group.a.prefixes", "/a/=/x/")
            .with("group.b.prefixes", "/b/=/x/y/");
    assertThat(errors(both).get("groups"))
        .contains("'app.a' and 'app.b' both write keys that begin with '/x/y/'");
    assertThat(errors(both.with("group.b.topic", "etcd.b"))).containsOnlyKeys("etcd.address");
    // Of paths, these are apart.
    Settings paths =
        Settings.right()
            .without("prefixes")
            .with("etcd.address", "v2:http://127.0.0.1:1")
            .with("groups", "a,b")
            .with("group.a.prefixes", "/a")
            .with("group.b.prefixes", "/ab");
    assertThat(errors(paths)).containsOnlyKeys("etcd.address");
  }

  @Test
  void exactlyOnceAndOwnBoundariesAreSupported() {
    assertThat(connector.exactlyOnceSupport(Settings.right().map()))
        .isEqualTo(ExactlyOnceSupport.SUPPORTED);
    assertThat(connector.canDefineTransactionBoundaries(Settings.right().map()))
        .isEqualTo(ConnectorTransactionBoundaries.SUPPORTED);
  }

  private boolean alter(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
    Map<Map<String, ?>, @Nullable Map<String, ?>> offsets = new HashMap<>();
    offsets.put(partition, offset);
    return connector.alterOffsets(Settings.right().map(), offsets);
  }

  @Test
  void anOffsetIsMovedAndReset() {
    assertThat(alter(Map.of("link", "app"), Map.of("index", 12))).isTrue();
    assertThat(alter(Map.of("link", "app"), null)).isTrue();
    assertThat(alter(Map.of("link", "of another configuration"), null)).isTrue();
    assertThat(connector.alterOffsets(Settings.right().map(), Collections.emptyMap())).isTrue();
  }

  @Test
  void anOffsetThatNoTaskWouldReadIsRefused() {
    assertThatThrownBy(() -> alter(Map.of("link", "other"), Map.of("index", 12)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("[app]");
    assertThatThrownBy(() -> alter(Map.of("link", "app"), Map.of("position", 12)))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("position");
    assertThatThrownBy(() -> alter(Map.of("file", "app"), Map.of("index", 12)))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void theWorkerFindsIt() {
    assertThat(ServiceLoader.load(SourceConnector.class).stream().map(ServiceLoader.Provider::type))
        .contains(EtcdSourceConnector.class);
  }
}
