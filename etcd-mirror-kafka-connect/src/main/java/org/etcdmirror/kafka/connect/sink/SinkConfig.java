package org.etcdmirror.kafka.connect.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.NO_DEFAULT_VALUE;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/** The settings of the connector, and of each of its tasks. */
final class SinkConfig extends AbstractConfig {

  static final String ENDPOINTS = "etcd.endpoints";
  static final String USER = "etcd.user";
  static final String PASSWORD_FILE = "etcd.password.file";
  static final String CA_FILE = "etcd.ca.file";
  static final String CERTIFICATE_FILE = "etcd.certificate.file";
  static final String KEY_FILE = "etcd.key.file";
  static final String MAX_TXN_OPS = "etcd.max.txn.ops";
  static final String MAX_REQUEST_BYTES = "etcd.max.request.bytes";
  static final String PREFIXES = "key.prefixes";

  private static final String NAME = "name";
  private static final String RESET = "consumer.override.auto.offset.reset";
  private static final Set<String> RESETS = Set.of("earliest", "none");

  private static final int LEAST_REQUEST_BYTES = 32 * 1024;

  static final ConfigDef DEFINITION = definition();

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
    this.target =
        new Target(
            getList(ENDPOINTS), access(), getInt(MAX_TXN_OPS), getInt(MAX_REQUEST_BYTES), keys());
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

  private Access access() {
    try {
      return new Access(
          text(USER), path(PASSWORD_FILE), path(CA_FILE), path(CERTIFICATE_FILE), path(KEY_FILE));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s, %s, %s, %s: %s"
              .formatted(USER, PASSWORD_FILE, CERTIFICATE_FILE, KEY_FILE, e.getMessage()));
    }
  }

  private @Nullable String text(String name) {
    String value = getString(name);
    return value == null || value.isBlank() ? null : value;
  }

  private @Nullable Path path(String name) {
    String value = text(name);
    return value == null ? null : Path.of(value);
  }

  private static ConfigDef definition() {
    String server = "etcd";
    String keys = "Keys";
    return new ConfigDef()
        .define(
            ENDPOINTS,
            Type.LIST,
            NO_DEFAULT_VALUE,
            HIGH,
            "Members of the cluster of etcd v3, each as http://HOST:PORT or https://HOST:PORT.",
            server,
            1,
            Width.LONG,
            "Endpoints")
        .define(
            USER,
            Type.STRING,
            null,
            MEDIUM,
            "The user to log in as. Needs " + PASSWORD_FILE + ".",
            server,
            2,
            Width.MEDIUM,
            "User")
        .define(
            PASSWORD_FILE,
            Type.STRING,
            null,
            MEDIUM,
            "A file on the workers with the user's password on its first line. It is read at each login.",
            server,
            3,
            Width.LONG,
            "Password file")
        .define(
            CA_FILE,
            Type.STRING,
            null,
            MEDIUM,
            "A file on the workers with the PEM certificates to trust; by default those of the JDK.",
            server,
            4,
            Width.LONG,
            "CA file")
        .define(
            CERTIFICATE_FILE,
            Type.STRING,
            null,
            MEDIUM,
            "A file on the workers with the PEM certificate to show. Needs " + KEY_FILE + ".",
            server,
            5,
            Width.LONG,
            "Certificate file")
        .define(
            KEY_FILE,
            Type.STRING,
            null,
            MEDIUM,
            "A file on the workers with the PEM private key of the certificate.",
            server,
            6,
            Width.LONG,
            "Key file")
        .define(
            MAX_TXN_OPS,
            Type.INT,
            128,
            Range.atLeast(2),
            LOW,
            "The servers' --max-txn-ops.",
            server,
            7,
            Width.SHORT,
            "Operations of a transaction")
        .define(
            MAX_REQUEST_BYTES,
            Type.INT,
            3 * 512 * 1024,
            Range.atLeast(LEAST_REQUEST_BYTES),
            LOW,
            "The servers' --max-request-bytes. A record that is larger is refused.",
            server,
            8,
            Width.SHORT,
            "Bytes of a request")
        .define(
            PREFIXES,
            Type.LIST,
            List.of(),
            MEDIUM,
            "Which keys are written, and their names in etcd: PREFIX or PREFIX=TARGET, separated by"
                + " commas. The longest prefix of a key counts. Keys without one are left out. %XX"
                + " stands for a byte. By default all keys are written as they are.",
            keys,
            1,
            Width.LONG,
            "Prefixes of keys");
  }
}
