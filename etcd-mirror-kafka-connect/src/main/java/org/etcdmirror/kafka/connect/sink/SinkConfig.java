package org.etcdmirror.kafka.connect.sink;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.etcdmirror.kafka.connect.config.Definitions;
import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.jspecify.annotations.Nullable;

/** The settings of the connector, and of each of its tasks. */
final class SinkConfig extends AbstractConfig {

  static final String ADDRESS = EtcdSide.ADDRESS;
  static final String MAX_TXN_OPS = "etcd.max.txn.ops";
  static final String MAX_REQUEST_BYTES = "etcd.max.request.bytes";
  static final String PREFIXES = "key.prefixes";

  static final ConfigDef DEFINITION =
      EtcdSide.define(new Definitions())
          .optional(
              MAX_TXN_OPS,
              ConfigDef.Type.INT,
              128,
              "Operations of a transaction",
              "The servers' --max-txn-ops.")
          .optional(
              MAX_REQUEST_BYTES,
              ConfigDef.Type.INT,
              3 * 512 * 1024,
              "Bytes of a request",
              "The servers' --max-request-bytes. A record that is larger is refused.")
          .group("keys")
          .optional(
              PREFIXES,
              ConfigDef.Type.LIST,
              List.of(),
              "Prefixes of keys",
              "Which keys are written, and their names in etcd: PREFIX or PREFIX=TARGET, separated by"
                  + " commas. The longest prefix of a key counts. Keys without one are left out. %XX"
                  + " stands for a byte. By default all keys are written as they are.")
          .all();

  private static final String NAME = "name";
  private static final String RESET = "consumer.override.auto.offset.reset";
  private static final Set<String> RESETS = Set.of("earliest", "none");
  private static final String SCHEME = "v3";

  private final String connector;
  private final Target target;

  /**
   * Checks all settings but those that only etcd can judge.
   *
   * @throws ConfigException if one is missing or wrong
   */
  SinkConfig(Map<String, String> settings) {
    super(DEFINITION, settings, false);
    this.connector = name(settings);
    requireWholeTopics(settings.get(RESET));
    EtcdSide etcd = EtcdSide.of(this);
    if (!etcd.address().scheme().equals(SCHEME)) {
      throw new ConfigException(
          ADDRESS, etcd.address().toString(), "only etcd v3 is written: give v3:https://HOST:PORT");
    }
    this.target = new Target(etcd, getInt(MAX_TXN_OPS), getInt(MAX_REQUEST_BYTES), keys());
    try {
      target.check();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** The name of the connector, as it is in the keys of the checkpoints. */
  String connector() {
    return connector;
  }

  /** Where records go. */
  Target target() {
    return target;
  }

  /** The version of this library; "unknown" outside of its jar. */
  static String version() {
    String version = SinkConfig.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  private static String name(Map<String, String> settings) {
    String name = settings.get(NAME);
    if (name == null || name.isBlank()) {
      throw new ConfigException("'name' is missing: name the connector");
    }
    return name;
  }

  /** Otherwise records would be passed over where etcd has no offset yet. */
  private static void requireWholeTopics(@Nullable String reset) {
    if (reset != null && !RESETS.contains(reset)) {
      throw new ConfigException(
          "%s is '%s': set it to earliest, so that a topic is copied from its beginning"
              .formatted(RESET, reset));
    }
  }

  private KeyPrefixes keys() {
    try {
      return KeyPrefixes.of(getList(PREFIXES));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(PREFIXES + ": " + e.getMessage());
    }
  }
}
