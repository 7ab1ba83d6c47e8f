package org.etcdmirror.kafka.internal.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.Failures;
import org.etcdmirror.kafka.internal.read.StateOfTopics;
import org.etcdmirror.kafka.internal.state.Seen;
import org.etcdmirror.kafka.internal.state.StateTopic;
import org.etcdmirror.kafka.internal.state.StoredState;
import org.etcdmirror.kafka.internal.state.Version;
import org.etcdmirror.kafka.internal.topic.TopicRule;
import org.etcdmirror.kafka.internal.topic.TopicShape;
import org.etcdmirror.kafka.internal.topic.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches and checkpoints, each as one transaction, while no other mirror has taken over.
 *
 * <p>A registered producer alone is not enough as a fence: Kafka also ends the transactions of a
 * mirror that was only slow. So each transaction stores the {@link Version}, and a mirror that lost
 * its registration looks at it. If another writer stored one, this mirror ends. If not, it
 * registers again.
 *
 * <p>Used by one thread at a time.
 */
public final class FencedWriter implements AutoCloseable {

  private static final EventBatch NO_BATCH = EventBatch.of(List.of(), 0, 0);

  /**
   * A transaction whose outcome is not known.
   *
   * @param batch what it wrote
   * @param state what it stored
   */
  private record Attempt(EventBatch batch, StoredState state) {}

  private final Clients clients;
  private final Topics topics;
  private final TopicRule rule;
  private final StateTopic stateTopic;
  private final String link;
  private final EventRecords records;
  private final String writer =
      ProcessHandle.current().pid()
          + "-"
          + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

  /** What is stored; null if that was never looked at. */
  private volatile @Nullable Seen known;

  private @Nullable Attempt unsettled;

  /** What the last attempt wrote, if it turned out to be committed; it is not written again. */
  private EventBatch written = NO_BATCH;

  private SortedMap<String, TopicShape> shapes = new TreeMap<>();
  private volatile @Nullable Transactions transactions;

  /** Whether the open producer has stored something. */
  private boolean isClaimed;

  /** Whether the topics are known to hold what the stored state says. */
  private boolean isOfTheseTopics;

  private @Nullable FencedException fenced;
  private long transaction;

  /** A writer that connects to nothing yet. */
  public FencedWriter(
      Clients clients,
      Topics topics,
      TopicRule rule,
      StateOfTopics state,
      String link,
      StateTopic stateTopic) {
    this.clients = clients;
    this.topics = topics;
    this.rule = rule;
    this.link = link;
    this.stateTopic = stateTopic;
    this.records = new EventRecords(rule, state);
  }

  /** Reads the checkpoint. The next write takes the link over from the mirror before. */
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    drop();
    unsettled = null;
    written = NO_BATCH;
    fenced = null;
    Seen found = stateTopic.read();
    known = found;
    Optional<Checkpoint> checkpoint = checkpoint(found);
    isOfTheseTopics = checkpoint.isPresent();
    return checkpoint;
  }

  /** A checkpoint of topics that were deleted or exchanged says nothing of those that are there. */
  private Optional<Checkpoint> checkpoint(Seen found) throws IOException, InterruptedException {
    StoredState state = found.state();
    Checkpoint checkpoint = state == null ? null : state.checkpoint();
    return state != null && checkpoint != null && isOfTheRule(state)
        ? Optional.of(checkpoint)
        : Optional.empty();
  }

  /** The rule may have been another one, and name topics that do not exist yet. */
  private boolean isOfTheRule(StoredState state) throws IOException, InterruptedException {
    return state.topics().keySet().equals(rule.topics()) && isOf(topics.present(), state);
  }

  private static boolean isOf(SortedMap<String, TopicShape> present, StoredState state) {
    return ids(present).equals(ids(state.topics()));
  }

  private static Map<String, String> ids(SortedMap<String, TopicShape> of) {
    Map<String, String> ids = new TreeMap<>();
    of.forEach((name, shape) -> ids.put(name, shape.id()));
    return ids;
  }

  /**
   * Writes a batch and a checkpoint, both or neither.
   *
   * @param checkpoint null to leave the stored one as it is; the batch then comes from a comparison
   * @throws FencedException if another mirror took over
   */
  public void write(EventBatch batch, @Nullable Checkpoint checkpoint, @Nullable Prefixes prefixes)
      throws IOException, InterruptedException {
    Transactions open = begun();
    Seen before = known();
    StoredState next = next(before, checkpoint);
    List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
    if (prefixes != null && !batch.equals(written)) {
      all.addAll(records.of(batch, shapes, prefixes, checkpoint == null));
    }
    all.add(stateTopic.record(next));
    unsettled = new Attempt(batch, next);
    boolean done = false;
    try {
      long at = open.commit(all);
      known = new Seen(next, at);
      unsettled = null;
      written = NO_BATCH;
      isClaimed = true;
      isOfTheseTopics = true;
      done = true;
    } catch (KafkaException | ExecutionException e) {
      drop();
      throw failed(batch, e);
    } finally {
      if (!done) {
        drop();
      }
    }
  }

  private StoredState next(Seen before, @Nullable Checkpoint checkpoint) {
    Version version =
        checkpoint != null || !isClaimed ? before.version().next(writer) : before.version();
    Checkpoint stored = checkpoint;
    StoredState state = before.state();
    if (stored == null && state != null && isOf(shapes, state)) {
      stored = state.checkpoint();
    }
    return new StoredState(link, version, ++transaction, shapes, stored);
  }

  /** The open producer, or a new one that has taken the link over. */
  private Transactions begun() throws IOException, InterruptedException {
    clients.refuseIfClosed();
    if (fenced != null) {
      throw fenced;
    }
    Transactions open = transactions;
    return open == null ? takeOver() : open;
  }

  private Transactions takeOver() throws IOException, InterruptedException {
    topics.make(stateTopic.name());
    // A mirror that is behind must not end the one that leads.
    settle(stateTopic.read());
    Transactions open = null;
    boolean done = false;
    try {
      open = Transactions.begin(clients, stateTopic.name());
      // Now nothing of an earlier producer can be committed any more.
      settle(stateTopic.read());
      unsettled = null;
      shapes = shapes();
      isClaimed = false;
      transactions = open;
      done = true;
      return open;
    } catch (KafkaException e) {
      throw Failures.of(
          "cannot begin to write to %s as '%s'"
              .formatted(stateTopic.described(), stateTopic.name()),
          e);
    } finally {
      if (!done && open != null) {
        open.close();
      }
    }
  }

  /** Topics that were there stay as they were known, also if they have more partitions now. */
  private SortedMap<String, TopicShape> shapes() throws IOException, InterruptedException {
    SortedMap<String, TopicShape> present = topics.all();
    StoredState state = known().state();
    if (state == null) {
      return present;
    }
    present.replaceAll((name, shape) -> {
      TopicShape before = state.topics().get(name);
      return before != null && before.id().equals(shape.id()) ? before : shape;
    });
    if (isOfTheseTopics && !isOf(present, state)) {
      throw new SinkRolledBackException(
          "topics %s at '%s' are not those that this mirror wrote to (%s): they were deleted or exchanged"
              .formatted(ids(present), clients.brokers(), ids(state.topics())));
    }
    return present;
  }

  /**
   * The source index that is stored, as far as this knows; 0 if it does not. Any thread may ask.
   */
  public long index() {
    StoredState state = known().state();
    Checkpoint checkpoint = state == null ? null : state.checkpoint();
    return checkpoint == null ? 0 : checkpoint.index();
  }

  private Seen known() {
    Seen found = known;
    return found == null ? Seen.NOTHING : found;
  }

  /**
   * Compares what is stored with what this knows, and learns what became of the last attempt.
   *
   * @throws FencedException if another mirror stored something
   * @throws SinkRolledBackException if an older state is there
   */
  private void settle(Seen found) throws SinkRolledBackException {
    Attempt attempt = unsettled;
    if (attempt != null && found.stored().filter(state -> state.isOf(attempt.state)).isPresent()) {
      known = found;
      written = attempt.batch;
      return;
    }
    Seen before = known;
    if (before == null || found.version().equals(before.version())) {
      known = found;
      return;
    }
    if (found.version().number() < before.version().number()) {
      throw new SinkRolledBackException(
          "%s holds version %d, and this mirror knew version %d: it was deleted or restored"
              .formatted(
                  stateTopic.described(), found.version().number(), before.version().number()));
    }
    FencedException end =
        new FencedException(
            "%s was moved by writer '%s' to version %d, and writer '%s' expected version %d: run one mirror for link '%s'"
                .formatted(
                    stateTopic.described(),
                    found.version().writer(),
                    found.version().number(),
                    writer,
                    before.version().number(),
                    link));
    fenced = end;
    throw end;
  }

  private IOException failed(EventBatch batch, Exception e)
      throws IOException, InterruptedException {
    if (Failures.isLossOfEpoch(e)) {
      settle(stateTopic.read());
    }
    return Failures.of(
        "cannot write %d events up to index %d to the topics %s at '%s'"
            .formatted(batch.events().size(), batch.index(), shapes.keySet(), clients.brokers()),
        e);
  }

  /**
   * Looks whether the state is still there, and whether the topics are the same.
   *
   * @throws FencedException if another mirror took over
   * @throws SinkRolledBackException if something of it is gone
   */
  public void confirm() throws IOException, InterruptedException {
    clients.refuseIfClosed();
    Seen before = known;
    if (before == null || before.state() == null || unsettled != null) {
      return;
    }
    long end = stateTopic.end();
    // The record and the mark of its commit.
    if (end < before.at() + 1 || end > before.at() + 2) {
      settle(stateTopic.read());
    }
    if (!shapes.isEmpty() && !ids(topics.present()).equals(ids(shapes))) {
      drop();
      throw new SinkRolledBackException(
          "topics %s at '%s' were deleted or exchanged"
              .formatted(shapes.keySet(), clients.brokers()));
    }
  }

  private void drop() {
    Transactions open = transactions;
    transactions = null;
    if (open != null) {
      open.close();
    }
  }

  /** Ends the producer; the clients stay open. */
  @Override
  public void close() {
    drop();
  }
}
