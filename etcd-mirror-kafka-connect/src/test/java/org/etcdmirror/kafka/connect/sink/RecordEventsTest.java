package org.etcdmirror.kafka.connect.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordEventsTest {

  private final RecordEvents events = new RecordEvents(KeyPrefixes.of(List.of()), 100);

  private @Nullable MirrorEvent of(@Nullable Object key, @Nullable Object value) {
    return events.of(new SinkRecord("t", 2, null, key, null, value, 41));
  }

  private void assertRefused(@Nullable Object key, Object value, String why) {
    assertThatThrownBy(() -> of(key, value))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("record at offset 41 of t-2 is refused: ")
        .hasMessageContaining(why);
  }

  @Test
  void bytesAndTextBecomePuts() {
    MirrorEvent put = new MirrorEvent.Put(Bytes.utf8("k"), Bytes.utf8("v"), 42, null);
    assertThat(of("k", "v")).isEqualTo(put);
    assertThat(of("k".getBytes(UTF_8), "v".getBytes(UTF_8))).isEqualTo(put);
    assertThat(of(ByteBuffer.wrap("k".getBytes(UTF_8)), ByteBuffer.wrap("v".getBytes(UTF_8))))
        .isEqualTo(put);
  }

  @Test
  void recordWithoutAValueBecomesADelete() {
    assertThat(of("k", null)).isEqualTo(new MirrorEvent.Delete(Bytes.utf8("k"), 42));
  }

  @Test
  void otherTypesAreRefusedWithTheConverterToSet() {
    assertRefused("k", 7, "its value is a java.lang.Integer, and only bytes and text are written");
    assertRefused("k", 7, "set value.converter to org.apache.kafka.connect");
    assertRefused(List.of(), "v", "set key.converter to org.apache.kafka.connect");
  }

  @Test
  void recordsWithoutAKeyAreRefused() {
    assertRefused(null, "v", "it has no key");
    assertRefused("", "v", "it has no key");
  }

  @Test
  void recordAboveTheLimitOfEtcdIsRefusedByItsKey() {
    assertThat(of("k", "v".repeat(99))).isInstanceOf(MirrorEvent.Put.class);
    assertRefused("k", "v".repeat(100), "key 'k' and its value have 101 bytes, and etcd takes 100");
  }

  @Test
  void keysOfMirrorsAreRefused() {
    assertRefused("/__replication/x", "v", "where mirrors keep their indexes");
  }

  @Test
  void originOfARecordCountsAndNotWhatATransformMadeOfIt() {
    SinkRecord record = new SinkRecord("t", 2, null, "k", null, "v", 41);
    SinkRecord renamed = record.newRecord("other", 9, null, "k", null, 7, null);
    assertThatThrownBy(() -> events.of(renamed))
        .hasMessageStartingWith("record at offset 41 of t-2");
  }
}
