package org.etcdmirror.kafka.connect.sink;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.v3.V3Sink;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a topic, and the checkpoint in etcd that says up to which record it is applied.
 * Its index is the offset of the next record. Each write compares the checkpoint, so a task that no
 * longer owns the partition is refused. Used by the task's thread alone.
 */
final class Partition implements AutoCloseable {

  /** Checkpoints of connectors are apart from those of mirrors, whose links have any name. */
  private static final String LINKS = ".connect/";

  /** The note that says which claim wrote a checkpoint. */
  private static final String CLAIM = "claim";

  private static final int MOST_CLAIMS = 5;

  private final TopicPartition id;
  private final String keys;
  private final V3Sink sink;
  private final String claim = UUID.randomUUID().toString();

  /** What is stored; null while the partition is not claimed. */
  private @Nullable Checkpoint stored;

  /** What was sent, and may be applied or not. */
  private @Nullable Part unknown;

  /** Where the claim began: records before are not delivered again. */
  private long claimedAt;

  /** A partition that is not claimed yet. Nothing is connected. */
  Partition(TopicPartition id, SinkConfig config) {
    this.id = id;
    String link = LINKS + config.connector() + "/" + id.topic() + "/" + id.partition();
    Target target = config.target();
    this.keys = target.keys().fingerprint();
    this.sink = target.connect();
    sink.indexStore(link);
    sink.open(new SinkContext(link, KeyModel.BYTES, target.keys().targets()));
  }

  TopicPartition id() {
    return id;
  }

  /** Whether this task owns the partition, as far as it knows. */
  boolean isClaimed() {
    return stored != null;
  }

  /** The offset of the first record that is not applied. */
  long next() {
    return claimed().index();
  }

  /** Whether a record at this offset was delivered before, so that it may be passed over. */
  boolean wasDelivered(long offset) {
    return offset >= claimedAt && offset < next();
  }

  /** Whether a record at this offset came before all that was asked for. */
  boolean isBeforeClaim(long offset) {
    return offset < claimedAt;
  }

  private Checkpoint claimed() {
    Checkpoint known = stored;
    if (known == null) {
      throw new IllegalStateException(id + " is not claimed");
    }
    return known;
  }

  /**
   * Takes the partition over from its former owner. From then on nothing that others sent takes
   * effect, and {@link #next} does not move by itself.
   *
   * @throws PermanentException if the checkpoint is none, or is one of other keys
   */
  void claim() throws IOException, InterruptedException {
    claimAt(null);
  }

  /** The same, and goes on from another record. */
  void moveTo(long next) throws IOException, InterruptedException {
    claimAt(next);
  }

  private void claimAt(@Nullable Long wanted) throws IOException, InterruptedException {
    stored = null;
    unknown = null;
    FencedException refused = null;
    for (int i = 0; i < MOST_CLAIMS; i++) {
      Optional<Checkpoint> found = sink.load();
      if (wanted == null && found.isPresent()) {
        requireSameKeys(found.get());
      }
      long index = wanted != null ? wanted : found.map(Checkpoint::index).orElse(0L);
      Checkpoint mine = checkpoint(index, found.orElse(null));
      try {
        sink.save(mine);
        stored = mine;
        claimedAt = index;
        return;
      } catch (FencedException e) {
        // What the former owner sent arrived in between.
        refused = e;
      }
    }
    throw new IOException(
        "%s cannot be claimed now, because its former owner keeps writing".formatted(id), refused);
  }

  private void requireSameKeys(Checkpoint found) {
    if (found.scope() != null && !found.scope().equals(keys)) {
      throw new PermanentException(
          "%s was written under other key prefixes: '%s', and now %s is '%s'; restore the prefixes, or reset the connector's offsets to copy the topic again"
              .formatted(id, found.scope(), SinkConfig.PREFIXES, keys));
    }
  }

  /** A clock that steps back must not make a checkpoint look like one from a backup. */
  private Checkpoint checkpoint(long next, @Nullable Checkpoint before) {
    Instant now = Instant.now();
    Instant at = before != null && before.savedAt().isAfter(now) ? before.savedAt() : now;
    return new Checkpoint(next, null, keys, at, 0, Map.of(CLAIM, claim));
  }

  /**
   * Applies records in order, and stores how far it came with each transaction.
   *
   * @param steps the records; none is before {@link #next}
   * @throws FencedException if another task owns the partition now
   * @throws SinkRolledBackException if etcd holds an older state; the partition is not claimed then
   * @throws IOException if it may work later; the same records are to be given again
   */
  void apply(List<Part.Step> steps) throws IOException, InterruptedException {
    int first = 0;
    long most = Long.MAX_VALUE;
    while (first < steps.size()) {
      Part part = Part.of(steps, first, Math.min(most, sink.maxAtomicBytes()));
      try {
        commit(part);
        first += part.steps();
      } catch (BatchTooLargeException e) {
        unknown = null;
        most = part.batch().bytes() / 2;
      }
    }
  }

  /**
   * Finds out what became of a transaction whose answer was lost, and makes it again if it was not
   * applied: the same one, because another cut could bring back an older value for a moment.
   *
   * @throws IOException as {@link #apply} does
   */
  void settle() throws IOException, InterruptedException {
    Part sent = unknown;
    if (sent == null) {
      return;
    }
    confirm();
    Checkpoint found = sink.load().orElse(null);
    if (found != null && !claim.equals(found.notes().get(CLAIM))) {
      throw new FencedException("another task owns %s now: %s".formatted(id, found));
    }
    if (found != null && found.index() == sent.next()) {
      stored = found;
      unknown = null;
    } else if (found != null && found.index() == claimed().index()) {
      again(sent);
    } else {
      stored = null;
      unknown = null;
      throw new SinkRolledBackException(
          "etcd was restored or wiped: the checkpoint of %s is %s".formatted(id, found));
    }
  }

  private void again(Part sent) throws IOException, InterruptedException {
    try {
      commit(sent);
    } catch (BatchTooLargeException e) {
      // Nothing of it is written; its records are given again, and cut otherwise.
      unknown = null;
    }
  }

  private void commit(Part part) throws IOException, InterruptedException {
    Checkpoint after = checkpoint(part.next(), claimed());
    unknown = part;
    try {
      sink.apply(part.batch(), after);
    } catch (SinkRolledBackException e) {
      stored = null;
      throw e;
    }
    stored = after;
    unknown = null;
  }

  /**
   * Stores that there was nothing to apply up to this offset.
   *
   * @param next the offset of the next record
   * @throws IOException as {@link #apply} does
   */
  void pass(long next) throws IOException, InterruptedException {
    if (next > next()) {
      apply(List.of(new Part.Step(null, next)));
    }
  }

  /**
   * Looks whether the partition is still owned, and etcd is still what it was.
   *
   * @throws IOException as {@link #apply} does
   */
  void confirm() throws IOException, InterruptedException {
    try {
      sink.confirm();
    } catch (SinkRolledBackException e) {
      stored = null;
      unknown = null;
      throw e;
    }
  }

  /** Whether a transaction has no known outcome. */
  boolean isUnsettled() {
    return unknown != null;
  }

  /** Closes the connection. What was not stored is not. */
  @Override
  public void close() {
    sink.close();
  }
}
