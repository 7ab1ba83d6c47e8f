package org.etcdmirror.kafka.internal.client;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a person gives for all clients of one sink. The file is read whenever a client
 * is made, because its passwords may change.
 *
 * @param brokers HOST:PORT, separated by commas
 * @param file a properties file; null for none
 * @param given further settings, which win over the file
 */
public record ClientSettings(String brokers, @Nullable Path file, Map<String, String> given) {

  /** The guarantees rest on these, or another place gives them. */
  private static final Set<String> DECIDED =
      Set.of(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private static final Set<String> ADMIN = OwnLoader.use(AdminClientConfig::configNames);
  private static final Set<String> CONSUMER = OwnLoader.use(ConsumerConfig::configNames);
  private static final Set<String> PRODUCER = OwnLoader.use(ProducerConfig::configNames);

  /**
   * Copies the map, and reads the file once.
   *
   * @throws IllegalArgumentException if the file cannot be read, or a setting is the mirror's own
   */
  public ClientSettings {
    given = Map.copyOf(given);
    given.keySet().forEach(name -> refuseDecided(name, "setting"));
    try {
      read(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  Map<String, Object> admin() throws IOException {
    Map<String, Object> settings = new HashMap<>();
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "30000");
    return with(settings, ADMIN);
  }

  Map<String, Object> consumer() throws IOException {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "30000");
    // What is fetched is held in memory until it is sorted.
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "4194304");
    Map<String, Object> all = with(settings, CONSUMER);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return all;
  }

  Map<String, Object> producer(String transactionalId) throws IOException {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "30000");
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "16777216");
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, "65536");
    // etcd takes requests of 1.5 MiB by default.
    settings.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LargestRecord.DEFAULT_BYTES));
    Map<String, Object> all = with(settings, PRODUCER);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    return all;
  }

  /** Adds what the file and the map say for a client that knows these settings. */
  private Map<String, Object> with(Map<String, Object> settings, Set<String> known)
      throws IOException {
    Properties all = read(file);
    all.putAll(given);
    for (String name : all.stringPropertyNames()) {
      if (known.contains(name) || isOfNoClient(name)) {
        settings.put(name, all.getProperty(name));
      }
    }
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    return settings;
  }

  /** A setting for a class that a setting names, such as a login handler. */
  private static boolean isOfNoClient(String name) {
    return Stream.of(ADMIN, CONSUMER, PRODUCER).noneMatch(known -> known.contains(name));
  }

  private static Properties read(@Nullable Path file) throws IOException {
    Properties settings = new Properties();
    if (file == null) {
      return settings;
    }
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      settings.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      // The text of the error may hold a part of the file, and so a password.
      throw new IOException(
          "cannot read the settings of Kafka in '%s' (%s): give a properties file that the mirror may read"
              .formatted(file, e.getClass().getSimpleName()));
    }
    settings.stringPropertyNames().forEach(name -> refuseDecided(name, "'" + file + "'"));
    return settings;
  }

  private static void refuseDecided(String name, String where) {
    if (DECIDED.contains(name)) {
      throw new IllegalArgumentException(
          "%s sets '%s', which the mirror decides: remove it".formatted(where, name));
    }
  }
}
