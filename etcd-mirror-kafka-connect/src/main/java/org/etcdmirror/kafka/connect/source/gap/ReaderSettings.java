package org.etcdmirror.kafka.connect.source.gap;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to the brokers that hold the topic.
 *
 * @param brokers HOST:PORT, separated by commas
 * @param file a properties file with settings of Kafka's clients; null for none
 * @param settings further settings, which win over the file
 */
public record ReaderSettings(String brokers, @Nullable Path file, Map<String, String> settings) {

  /** Copies the map. */
  public ReaderSettings {
    requireNonNull(brokers, "brokers");
    settings = Map.copyOf(settings);
  }

  /** All of them, for a client that only looks. */
  Map<String, Object> all() throws IOException {
    Properties read = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        read.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        // The text of the error may hold a part of the file, and so a password.
        throw new IOException(
            "cannot read the settings in '%s' (%s): give a properties file that the worker may read"
                .formatted(file, e.getClass().getSimpleName()));
      }
    }
    Map<String, Object> all = new HashMap<>();
    read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
    all.putAll(settings);
    all.put("bootstrap.servers", brokers);
    return all;
  }
}
