package org.etcdmirror.kafka.connect.source.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.kafka.connect.source.offset.LinkOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes to the worker of a batch. */
class LinkRecordsTest {

  private static final LinkRecords.TreeKeys UNKNOWN = tree -> null;

  private static LinkRecords records(RecordType type, LinkRecords.TreeKeys trees) {
    return new LinkRecords("a", "topic", "beats", type, 2_000, trees);
  }

  private static Put put(String key, String value, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  private static LinkOffset at(long index) {
    return new LinkOffset(new Checkpoint(index, "c", "s", Instant.EPOCH), "w", index, 0, null);
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 9, 9);
  }

  private static List<SourceRecord> of(LinkRecords.TreeKeys trees, MirrorEvent... events)
      throws Exception {
    return records(RecordType.BYTES, trees).of(batch(events), at(5), at(9), false);
  }

  private static String key(SourceRecord record) {
    return record.key() instanceof byte[] bytes
        ? new String(bytes, UTF_8)
        : String.valueOf(record.key());
  }

  private static String header(SourceRecord record, String name) {
    return String.valueOf(record.headers().lastWithName(name).value());
  }

  /** The worker may store the offset of any record, and lose those behind it. */
  @Test
  void onlyTheLastRecordOfARevisionHasItsIndex() throws Exception {
    List<SourceRecord> made = of(UNKNOWN, put("/a", "1", 9), put("/b", "2", 9), put("/c", "3", 9));
    assertThat(made)
        .extracting(record -> (Long) record.sourceOffset().get("index"))
        .containsExactly(5L, 5L, 9L);
    assertThat(made)
        .extracting(SourceRecord::sourcePartition)
        .containsOnly(java.util.Map.of("link", "a"));
  }

  @Test
  void aDeleteIsARecordWithoutValue() throws Exception {
    List<SourceRecord> made = of(UNKNOWN, new Delete(Bytes.utf8("/a"), 9));
    assertThat(made)
        .singleElement()
        .satisfies(record -> {
          assertThat(record.value()).isNull();
          assertThat(key(record)).isEqualTo("/a");
          assertThat(header(record, "etcd.op")).isEqualTo("delete");
          assertThat(header(record, "etcd.index")).isEqualTo("9");
        });
  }

  @Test
  void aDeletedTreeIsADeleteOfEachKeyInItAlsoOfThoseOfTheSameBatch() throws Exception {
    List<SourceRecord> made =
        of(
            tree -> new LinkedHashSet<>(Set.of(Bytes.utf8("/d/old"))),
            put("/d/new", "1", 8),
            put("/dx", "1", 8),
            new DeleteTree(Bytes.utf8("/d"), 9));
    assertThat(made.subList(2, made.size()))
        .extracting(LinkRecordsTest::key)
        .containsExactly("/d/old", "/d/new");
    assertThat(made)
        .extracting(record -> header(record, "etcd.op"))
        .containsExactly("put", "put", "delete", "delete");
  }

  @Test
  void aDeletedTreeOfATopicThatCannotBeReadIsNamed() throws Exception {
    List<SourceRecord> made = of(UNKNOWN, new DeleteTree(Bytes.utf8("/d"), 9));
    assertThat(made)
        .singleElement()
        .satisfies(record -> assertThat(header(record, "etcd.op")).isEqualTo("delete-tree"));
  }

  @Test
  void aValueThatIsTooLargeIsRefusedByItsKey() {
    assertThatThrownBy(() -> of(UNKNOWN, put("/a", "1", 9), put("/big", "x".repeat(2_000), 9)))
        .isInstanceOf(UnsupportedEntryException.class)
        .hasMessageContaining("/big")
        .hasMessageContaining("producer.override.max.request.size")
        .hasMessageNotContaining("'/a'");
  }

  @Test
  void whatIsNoTextIsRefusedAsText() {
    Put binary = new Put(Bytes.utf8("/b"), Bytes.of(new byte[] {(byte) 0xff}), 9, null);
    assertThatThrownBy(
            () -> records(RecordType.TEXT, UNKNOWN).of(batch(binary), at(5), at(9), false))
        .isInstanceOf(UnsupportedEntryException.class)
        .hasMessageContaining("record.type=bytes");
  }

  /** Heartbeats pass the converters of the changes. */
  @ParameterizedTest
  @EnumSource(RecordType.class)
  void aHeartbeatHasTheTypeOfTheChanges(RecordType type) throws Exception {
    SourceRecord beat = records(type, UNKNOWN).heartbeat(at(9));
    SourceRecord change =
        records(type, UNKNOWN).of(batch(put("/a", "1", 9)), at(5), at(9), false).get(0);
    for (SourceRecord record : List.of(beat, change)) {
      ConnectSchema.validateValue(record.keySchema(), record.key());
      ConnectSchema.validateValue(record.valueSchema(), record.value());
    }
    assertThat(beat.keySchema()).isEqualTo(change.keySchema());
    assertThat(beat.valueSchema()).isEqualTo(change.valueSchema());
    assertThat(beat.topic()).isEqualTo("beats");
    assertThat((Object) beat.sourceOffset().get("index")).isEqualTo(9L);
  }

  @Test
  void aHeartbeatSaysInJsonHowFarTheLinkIs() throws Exception {
    SourceRecord beat = records(RecordType.TEXT, UNKNOWN).heartbeat(at(9));
    var json = new com.fasterxml.jackson.databind.ObjectMapper().readTree((String) beat.value());
    assertThat(json.path("index").asLong()).isEqualTo(9);
    assertThat(json.path("level").asBoolean()).isTrue();
  }

  @Test
  void aRecordOfACopySaysSo() throws Exception {
    var made = records(RecordType.BYTES, UNKNOWN).of(batch(put("/a", "1", 9)), at(5), at(9), true);
    assertThat(header(made.get(0), "etcd.snapshot")).isEqualTo("true");
  }
}
