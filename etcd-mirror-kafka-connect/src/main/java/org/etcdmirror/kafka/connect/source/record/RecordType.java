package org.etcdmirror.kafka.connect.source.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** As what keys and values come to the converters. Heartbeats come as the same. */
public enum RecordType {
  /** Bytes, as etcd has them. For {@code ByteArrayConverter}. */
  BYTES("org.apache.kafka.connect.converters.ByteArrayConverter"),

  /** Text. What is not UTF-8 cannot be held. For {@code StringConverter} and others. */
  TEXT("org.apache.kafka.connect.storage.StringConverter");

  private final String plainConverter;

  RecordType(String plainConverter) {
    this.plainConverter = plainConverter;
  }

  /** The names for the settings. */
  public static List<String> names() {
    return Arrays.stream(values()).map(RecordType::settingName).toList();
  }

  /** The type of a name. */
  public static RecordType of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The name for the settings. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class of the converter that leaves the bytes as they are in etcd. */
  public String plainConverter() {
    return plainConverter;
  }

  /**
   * Whether a setting names this converter: by its class, or by one of the worker's short names.
   */
  public boolean isPlainConverter(String given) {
    String shortName = plainConverter.substring(plainConverter.lastIndexOf('.') + 1);
    return given.equals(plainConverter)
        || given.equals(shortName)
        || given.equals(shortName.replace("Converter", ""));
  }

  /** Of keys. */
  public Schema keySchema() {
    return this == BYTES ? Schema.BYTES_SCHEMA : Schema.STRING_SCHEMA;
  }

  /** Of values, which may be missing. */
  public Schema valueSchema() {
    return this == BYTES ? Schema.OPTIONAL_BYTES_SCHEMA : Schema.OPTIONAL_STRING_SCHEMA;
  }

  /** The content for a converter; null if this type cannot hold it. */
  public @Nullable Object of(Bytes content) {
    return this == BYTES ? content.toByteArray() : text(content);
  }

  private static @Nullable String text(Bytes content) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
