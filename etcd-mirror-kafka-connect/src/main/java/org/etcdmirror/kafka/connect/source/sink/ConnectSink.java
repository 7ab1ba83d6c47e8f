package org.etcdmirror.kafka.connect.source.sink;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.kafka.connect.source.delivery.Deliveries;
import org.etcdmirror.kafka.connect.source.gap.MissingDeletes;
import org.etcdmirror.kafka.connect.source.gap.TopicState;
import org.etcdmirror.kafka.connect.source.offset.LinkOffset;
import org.etcdmirror.kafka.connect.source.record.LinkRecords;
import org.etcdmirror.kafka.connect.source.record.RecordType;
import org.jspecify.annotations.Nullable;

/**
 * Hands what a mirror writes to the worker, and its checkpoint as the offset of the last record. A
 * call returns when the worker has confirmed each record, because an index that the worker may lose
 * is not stored.
 *
 * <p>Exactly once, the worker writes records and offset in one transaction, and fences older tasks.
 * Else it stores offsets now and then: a killed worker repeats what came after the last time. A
 * checkpoint that says that the topic is not level is waited for in any case.
 */
public final class ConnectSink implements AtomicSink {

  private static final long MOST_ATOMIC_BYTES = 8L << 20;

  /**
   * What a sink is made of.
   *
   * @param link the name of the link
   * @param topic where changes go
   * @param heartbeats where goes what no change says
   * @param type as what keys and values come to the converters
   * @param largest the most bytes of a record
   * @param exactlyOnce whether records and offset are one transaction of the worker
   */
  public record Parts(
      String link,
      String topic,
      String heartbeats,
      RecordType type,
      long largest,
      boolean exactlyOnce) {}

  private final Parts parts;
  private final String writer = UUID.randomUUID().toString();
  private final Deliveries deliveries;
  private final StoredOffsets offsets;
  private final MissingDeletes missing;
  private final @Nullable TopicState topic;
  private final LinkRecords records;
  private volatile @Nullable OwnedKeys owned;
  private volatile @Nullable LinkOffset current;

  /** Who wrote the offset that was loaded: it stays stored until the worker stores a newer one. */
  private String former = "";

  /** Whether anything was written since the topic is not level. */
  private volatile boolean copyHasBegun;

  private volatile boolean closed;

  /**
   * A sink of one link.
   *
   * @param topic reads the topic back; null if that is not possible
   */
  public ConnectSink(
      Parts parts,
      OffsetStorageReader reader,
      Deliveries deliveries,
      MissingDeletes missing,
      @Nullable TopicState topic) {
    this.parts = requireNonNull(parts, "parts");
    this.deliveries = requireNonNull(deliveries, "deliveries");
    this.offsets = new StoredOffsets(parts.link(), reader, deliveries);
    this.missing = requireNonNull(missing, "missing");
    this.topic = topic;
    this.records =
        new LinkRecords(
            parts.link(),
            parts.topic(),
            parts.heartbeats(),
            parts.type(),
            parts.largest(),
            this::keysIn);
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public IndexStore indexStore(String name) {
    if (!parts.link().equals(name)) {
      throw new IllegalStateException(
          "sink stores the index of link '%s', and not of '%s'".formatted(parts.link(), name));
    }
    return this;
  }

  @Override
  public void open(SinkContext context) {
    if (owned != null) {
      throw new IllegalStateException(
          "link '%s': the sink is open already; make a sink for each mirror"
              .formatted(context.link()));
    }
    owned = new OwnedKeys(context);
  }

  @Override
  public long maxAtomicBytes() {
    return MOST_ATOMIC_BYTES;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    refuseIfClosed();
    LinkOffset stored = offsets.last();
    current = stored;
    copyHasBegun = false;
    if (stored == null) {
      return Optional.empty();
    }
    former = stored.writer().equals(writer) ? former : stored.writer();
    missing.loaded(stored.deletesMissingSince());
    if (!stored.isLevel()) {
      missing.from(stored.checkpoint().index(), "a copy was interrupted");
    }
    return Optional.of(stored.checkpoint());
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    refuseIfClosed();
    LinkOffset next = next(checkpoint);
    write(List.of(records.heartbeat(next)), next);
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    refuseIfClosed();
    if (parts.exactlyOnce()) {
      return; // The worker has fenced everyone else.
    }
    offsets.refuseOthers(offsets.last(), writers());
  }

  private Set<String> writers() {
    return former.isEmpty() ? Set.of(writer) : Set.of(writer, former);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (batch.events().isEmpty()) {
      return;
    }
    LinkOffset known = current;
    if (known == null) {
      throw new IllegalStateException(
          "link '%s': no checkpoint was saved before the first write".formatted(parts.link()));
    }
    apply(batch, next(known.checkpoint(), lastPut(batch)), !known.isLevel());
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    LinkOffset known = current;
    apply(batch, next(checkpoint), known != null && !known.isLevel());
  }

  private void apply(EventBatch batch, LinkOffset next, boolean isOfCopy)
      throws IOException, InterruptedException {
    refuseIfClosed();
    keys().require(batch.events());
    // A tree delete may have found that deletes are missing, which the offset has to say.
    List<SourceRecord> made = records.of(batch, until(next), next, isOfCopy);
    if (next.deletesMissingSince() != missing.since()) {
      apply(batch, next(next.checkpoint(), next.copiedThrough()), isOfCopy);
      return;
    }
    copyHasBegun |= isOfCopy;
    write(made.isEmpty() ? List.of(records.heartbeat(next)) : made, next);
  }

  /** What the records before the last one of a batch say: not more than a part of it is there. */
  private LinkOffset until(LinkOffset next) {
    LinkOffset known = current;
    Checkpoint before =
        known == null
            ? new Checkpoint(0, null, null, next.checkpoint().savedAt())
            : known.checkpoint();
    long index = next.checkpoint().index();
    return new LinkOffset(
        before.index() == index ? before : before.whileApplying(index),
        writer,
        next.save(),
        next.deletesMissingSince(),
        known == null ? null : known.copiedThrough());
  }

  private static @Nullable String lastPut(EventBatch batch) {
    MirrorEvent last = batch.events().get(batch.events().size() - 1);
    return last instanceof MirrorEvent.Put put ? put.key().textOrHex() : null;
  }

  private LinkOffset next(Checkpoint checkpoint) {
    LinkOffset known = current;
    boolean isLevel = LinkOffset.isLevel(checkpoint);
    return next(checkpoint, isLevel || known == null ? null : known.copiedThrough());
  }

  private LinkOffset next(Checkpoint checkpoint, @Nullable String copiedThrough) {
    LinkOffset known = current;
    return new LinkOffset(
        checkpoint,
        writer,
        known == null ? 1 : known.save() + 1,
        missing.since(),
        LinkOffset.isLevel(checkpoint) ? null : copiedThrough);
  }

  private void write(List<SourceRecord> made, LinkOffset next)
      throws IOException, InterruptedException {
    LinkOffset before = current;
    deliveries.deliver(made);
    current = next;
    if (next.isLevel()) {
      copyHasBegun = false;
    } else if (!parts.exactlyOnce() && (before == null || before.isLevel())) {
      offsets.await(next, writers(), () -> deliveries.deliver(List.of(records.heartbeat(next))));
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    refuseIfClosed();
    if (topic != null) {
      return topic.snapshot(selection);
    }
    LinkOffset known = current;
    long index = known == null ? 0 : known.checkpoint().index();
    if (copyHasBegun) {
      missing.from(index, "a copy begins again");
    } else if (known != null && known.isLevel()) {
      missing.from(index, "a directory was deleted as a whole");
    }
    return new UnknownContent();
  }

  /** Null if the topic cannot be read. */
  private @Nullable Set<Bytes> keysIn(DeleteTree tree) throws IOException, InterruptedException {
    if (topic == null) {
      missing.from(
          tree.index() - 1, "the directory '%s' was deleted as a whole".formatted(tree.key()));
      return null;
    }
    OwnedKeys keys = keys();
    return topic.keys(
        tree.key(), key -> KeyModel.PATHS.covers(tree.key(), key) && keys.contain(key));
  }

  private OwnedKeys keys() {
    return requireNonNull(owned, "open() was not called");
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new ClosedException("sink of link '" + parts.link() + "'");
    }
  }

  @Override
  public void close() {
    closed = true;
    if (topic != null) {
      topic.close();
    }
  }
}
