package org.etcdmirror.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;

/** What stands behind {@code kafka:}. */
final class KafkaAddress {

  private static final Pattern BROKERS =
      Pattern.compile(
          "(\\[[0-9a-fA-F:]+\\]|[^\\s:/,]+):\\d{1,5}(,(\\[[0-9a-fA-F:]+\\]|[^\\s:/,]+):\\d{1,5})*");

  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
  private static final int HEX = 16;

  private KafkaAddress() {}

  /** The sink that the text names. */
  static KafkaSink sink(String text) {
    int question = text.indexOf('?');
    String where = question < 0 ? text : text.substring(0, question);
    int slash = where.indexOf('/');
    if (slash < 0 || !BROKERS.matcher(where.substring(0, slash)).matches()) {
      throw new IllegalArgumentException(
          "'kafka:%s' is not of the form kafka:HOST:PORT,HOST:PORT/TOPIC".formatted(where));
    }
    KafkaSink.Builder sink =
        KafkaSink.builder().brokers(where.substring(0, slash)).topic(where.substring(slash + 1));
    if (question >= 0) {
      Set<String> given = new HashSet<>();
      for (String setting : text.substring(question + 1).split("&", -1)) {
        set(sink, setting, given);
      }
    }
    return sink.build();
  }

  private static void set(KafkaSink.Builder sink, String setting, Set<String> given) {
    int equals = setting.indexOf('=');
    String name = setting.substring(0, Math.max(equals, 0));
    String value = setting.substring(equals + 1);
    if (!name.equals("prefix") && !given.add(name)) {
      throw new IllegalArgumentException("'%s' is given twice: give it once".formatted(name));
    }
    switch (name) {
      case "settings" -> sink.settings(path(value));
      case "checkpoint" -> sink.checkpointTopic(value);
      case "partitions" -> sink.partitions(number(name, value));
      case "replication" -> sink.replication(number(name, value));
      case "prefix" -> byPrefix(sink, value);
      default ->
          // The value is not shown: it may be a password.
          throw new IllegalArgumentException(
              "'%s' is no setting of kafka:BROKERS/TOPIC; there are: settings=FILE, prefix=PREFIX:TOPIC, checkpoint=TOPIC, partitions=N, replication=N; what Kafka's clients need is in the file"
                  .formatted(name));
    }
  }

  private static Path path(String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + value + "' is no path: " + e.getReason(), e);
    }
  }

  private static int number(String name, String value) {
    if (!NUMBER.matcher(value).matches()) {
      throw new IllegalArgumentException("%s: '%s' is no number".formatted(name, value));
    }
    return Integer.parseInt(value);
  }

  private static void byPrefix(KafkaSink.Builder sink, String value) {
    int colon = value.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "prefix: '%s' is not of the form PREFIX:TOPIC".formatted(value));
    }
    sink.topic(decoded(value.substring(0, colon)), value.substring(colon + 1));
  }

  /** A byte may stand as a percent sign and two hexadecimal digits. */
  private static Bytes decoded(String prefix) {
    byte[] text = prefix.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '%') {
        out.write(hex(prefix, text, i + 1) * HEX + hex(prefix, text, i + 2));
        i += 2;
      } else {
        out.write(text[i]);
      }
    }
    return Bytes.of(out.toByteArray());
  }

  private static int hex(String prefix, byte[] text, int at) {
    int digit = at < text.length ? Character.digit(text[at], HEX) : -1;
    if (digit < 0) {
      throw new IllegalArgumentException(
          "prefix: '%s' has a percent sign without two hexadecimal digits: write %%25 for the sign"
              .formatted(prefix));
    }
    return digit;
  }
}
