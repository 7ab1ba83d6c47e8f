package org.etcdmirror.kafka.connect.source.record;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.kafka.connect.source.offset.LinkOffset;
import org.etcdmirror.kafka.connect.source.offset.OffsetMap;
import org.jspecify.annotations.Nullable;

/** Makes the records of a link. Immutable. */
public final class LinkRecords {

  /** What a record takes besides its key, its value and its headers, and more than that. */
  private static final int OVERHEAD = 128;

  /** Finds what the topic holds in a tree that is deleted as a whole. */
  @FunctionalInterface
  public interface TreeKeys {

    /** The keys; null if that cannot be found out, and the record names the tree instead. */
    @Nullable Set<Bytes> in(DeleteTree tree) throws IOException, InterruptedException;
  }

  private final Map<String, String> partition;
  private final String link;
  private final String topic;
  private final String heartbeats;
  private final RecordType type;
  private final long largest;
  private final TreeKeys trees;

  /**
   * The records of a link.
   *
   * @param topic where changes go
   * @param heartbeats where goes what no change says
   * @param largest the most bytes of a record
   */
  public LinkRecords(
      String link, String topic, String heartbeats, RecordType type, long largest, TreeKeys trees) {
    this.partition = OffsetMap.partition(link);
    this.link = requireNonNull(link, "link");
    this.topic = requireNonNull(topic, "topic");
    this.heartbeats = requireNonNull(heartbeats, "heartbeats");
    this.type = requireNonNull(type, "type");
    this.largest = largest;
    this.trees = requireNonNull(trees, "trees");
  }

  /**
   * The records of a batch, in its order; none if it has nothing to say of any key. The last one
   * bears the offset that is reached, and no other does: the worker may store the offset of any
   * record, and the batch may be cut there.
   *
   * @param until the offset of all but the last
   * @param reached the offset of the last
   * @param isOfCopy whether the changes come from a copy or a comparison
   * @throws UnsupportedEntryException if an entry is too large, or is no text where that is asked
   *     for; no record is made then
   */
  public List<SourceRecord> of(
      EventBatch batch, LinkOffset until, LinkOffset reached, boolean isOfCopy)
      throws IOException, InterruptedException {
    List<Change> changes = new ArrayList<>();
    List<Refusal> refused = new ArrayList<>();
    Set<Bytes> puts = new LinkedHashSet<>();
    for (MirrorEvent event : batch.events()) {
      if (event instanceof Put put) {
        changes.addAll(put(put, isOfCopy, refused));
        puts.add(put.key());
      } else if (event instanceof Delete) {
        changes.addAll(gone(event, event.key(), "delete", isOfCopy, refused));
        puts.remove(event.key());
      } else if (event instanceof DeleteTree tree) {
        changes.addAll(tree(tree, puts, isOfCopy, refused));
      } else if (!(event instanceof Refresh)) { // A record cannot be given another expiry.
        throw new PermanentException(
            "link '%s': a topic cannot hold '%s' at index %d"
                .formatted(link, event, event.index()));
      }
    }
    if (!refused.isEmpty()) {
      throw new UnsupportedEntryException(refused);
    }
    return records(changes, until, reached);
  }

  private List<SourceRecord> records(List<Change> changes, LinkOffset until, LinkOffset reached) {
    Map<String, Object> before = OffsetMap.encode(until);
    Map<String, Object> last = OffsetMap.encode(reached);
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      records.add(record(changes.get(i), i < changes.size() - 1 ? before : last));
    }
    return records;
  }

  private SourceRecord record(Change change, Map<String, Object> offset) {
    return new SourceRecord(
        partition,
        offset,
        change.topic(),
        null,
        type.keySchema(),
        change.key(),
        type.valueSchema(),
        change.value(),
        null,
        change.headers());
  }

  /** The record that says how far the link is, and nothing of any key. */
  public SourceRecord heartbeat(LinkOffset reached) {
    Map<String, Object> offset = OffsetMap.encode(reached);
    Object key = requireNonNull(type.of(Bytes.utf8(link)), "a text");
    Object value = requireNonNull(type.of(Bytes.utf8(JsonText.of(offset))), "a text");
    return record(new Change(heartbeats, key, value, new ConnectHeaders()), offset);
  }

  private List<Change> put(Put put, boolean isOfCopy, List<Refusal> refused) {
    Object key = type.of(put.key());
    Object value = type.of(put.value());
    ConnectHeaders headers = ChangeHeaders.of(put, "put", isOfCopy);
    if (key == null || value == null) {
      refused.add(new Refusal(put.key(), "it is not UTF-8: set record.type=bytes"));
      return List.of();
    }
    long size = put.key().size() + (long) put.value().size() + OVERHEAD + size(headers);
    if (size > largest) {
      refused.add(
          new Refusal(
              put.key(),
              "its record has %d bytes, and largest.record.bytes is %d: increase that, producer.override.max.request.size and the topic's max.message.bytes"
                  .formatted(size, largest)));
      return List.of();
    }
    return List.of(new Change(topic, key, value, headers));
  }

  private static long size(ConnectHeaders headers) {
    long size = 0;
    for (var header : headers) {
      size += header.key().length() + 4L + String.valueOf(header.value()).length();
    }
    return size;
  }

  private List<Change> gone(
      MirrorEvent event, Bytes gone, String op, boolean isOfCopy, List<Refusal> refused) {
    Object key = type.of(gone);
    if (key == null) {
      refused.add(new Refusal(gone, "it is not UTF-8: set record.type=bytes"));
      return List.of();
    }
    return List.of(new Change(topic, key, null, ChangeHeaders.of(event, op, isOfCopy)));
  }

  /** What the topic holds in the tree, and what this batch has put there before. */
  private List<Change> tree(
      DeleteTree tree, Set<Bytes> puts, boolean isOfCopy, List<Refusal> refused)
      throws IOException, InterruptedException {
    Set<Bytes> held = trees.in(tree);
    List<Change> changes = new ArrayList<>();
    if (held == null) {
      changes.addAll(gone(tree, tree.key(), "delete-tree", isOfCopy, refused));
      held = Set.of();
    }
    Set<Bytes> keys = new LinkedHashSet<>(held);
    keys.addAll(puts);
    for (Bytes key : keys) {
      if (KeyModel.PATHS.covers(tree.key(), key)) {
        changes.addAll(gone(tree, key, "delete", isOfCopy, refused));
        puts.remove(key);
      }
    }
    return changes;
  }
}
