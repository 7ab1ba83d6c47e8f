package org.etcdmirror.kafka.connect.sink;

import java.nio.ByteBuffer;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.jspecify.annotations.Nullable;

/** Converts a record to what it does in etcd. Immutable. */
final class RecordEvents {

  private static final String CONVERTERS =
      "org.apache.kafka.connect.converters.ByteArrayConverter or org.apache.kafka.connect.storage.StringConverter";

  private final KeyPrefixes keys;
  private final int maxBytes;

  /**
   * A conversion.
   *
   * @param maxBytes the most that key and value may have together
   */
  RecordEvents(KeyPrefixes keys, int maxBytes) {
    this.keys = keys;
    this.maxBytes = maxBytes;
  }

  /**
   * What the record does. Its index is the offset of the next record.
   *
   * @return null if its key is left out
   * @throws DataException if etcd cannot hold the record, or its key or value is neither bytes nor
   *     text
   */
  @Nullable MirrorEvent of(SinkRecord record) {
    Bytes given = bytes(record, "key", record.key());
    if (given == null || given.isEmpty()) {
      throw refused(record, "it has no key, and etcd needs one; write records with a key");
    }
    Bytes key = keys.inEtcd(given);
    if (key == null) {
      return null;
    }
    if (key.isEmpty()) {
      throw refused(
          record, "its key '%s' is empty in etcd; choose another target".formatted(given));
    }
    if (OwnKeys.contains(key)) {
      throw refused(
          record,
          "its key '%s' is below %s, where mirrors keep their indexes; leave such keys out by %s"
              .formatted(key, OwnKeys.TREE, SinkConfig.PREFIXES));
    }
    long next = record.originalKafkaOffset() + 1;
    Bytes value = bytes(record, "value", record.value());
    if (value == null) {
      return new MirrorEvent.Delete(key, next);
    }
    long size = (long) key.size() + value.size();
    if (size > maxBytes) {
      throw refused(
          record,
          "key '%s' and its value have %d bytes, and etcd takes %d (%s, the servers' --max-request-bytes); raise both"
              .formatted(key, size, maxBytes, SinkConfig.MAX_REQUEST_BYTES));
    }
    return new MirrorEvent.Put(key, value, next, null);
  }

  private static @Nullable Bytes bytes(SinkRecord record, String what, @Nullable Object content) {
    if (content == null) {
      return null;
    }
    if (content instanceof byte[] array) {
      return Bytes.of(array);
    }
    if (content instanceof String text) {
      return Bytes.utf8(text);
    }
    if (content instanceof ByteBuffer buffer) {
      byte[] copy = new byte[buffer.remaining()];
      buffer.duplicate().get(copy);
      return Bytes.of(copy);
    }
    throw refused(
        record,
        "its %s is a %s, and only bytes and text are written; set %s.converter to %s"
            .formatted(what, content.getClass().getName(), what, CONVERTERS));
  }

  /** A failure that names the record. */
  private static DataException refused(SinkRecord record, String why) {
    return new DataException(
        "record at offset %d of %s-%d is refused: %s"
            .formatted(
                record.originalKafkaOffset(),
                record.originalTopic(),
                record.originalKafkaPartition(),
                why));
  }
}
