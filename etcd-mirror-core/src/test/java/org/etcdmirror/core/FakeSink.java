package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.store.InMemorySink;
import org.jspecify.annotations.Nullable;

/** An in-memory sink that records what it is given and can fail, even inside a batch. */
public class FakeSink implements ReadableSink {

  final Faults faults = new Faults();
  final LateWrites late = new LateWrites();
  public final InMemorySink held;
  private final List<EventBatch> batches = new ArrayList<>();
  private final List<SinkContext> contexts = new ArrayList<>();
  private final Set<Bytes> overtaken = new HashSet<>();
  private volatile @Nullable Bytes refused;
  private volatile @Nullable String clusterId;
  private volatile LongSupplier clusterIndex = () -> 70;
  private volatile LongPredicate written = index -> false;
  private volatile Anchor.Check anchored = Anchor.Check.UNKNOWN;
  private boolean closed;

  public FakeSink(KeyModel model) {
    held = model == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes();
  }

  @Override
  public KeyModel keyModel() {
    return held.keyModel();
  }

  @Override
  public synchronized void open(SinkContext context) {
    contexts.add(context);
    if (contexts.size() == 1) {
      held.open(context);
    }
  }

  /** The sink is in this cluster, whose index does not change. */
  void in(String cluster) {
    in(cluster, () -> 70);
  }

  /** The sink is in this cluster, which is at this index. */
  void in(String cluster, LongSupplier at) {
    clusterId = cluster;
    clusterIndex = at;
  }

  /** The cluster claims the changes at these indexes and answers anchor checks like this. */
  void remembers(LongPredicate indexes, Anchor.Check anchors) {
    written = indexes;
    anchored = anchors;
  }

  @Override
  public @Nullable SinkCluster cluster() {
    String id = clusterId;
    return id == null
        ? null
        : new SinkCluster() {
          @Override
          public SourceHead head() throws IOException, InterruptedException {
            faults.at("sink head");
            return new SourceHead(id, clusterIndex.getAsLong());
          }

          @Override
          public boolean hasWritten(long index) {
            return written.test(index);
          }

          @Override
          public Anchor.Check check(Anchor anchor) {
            return anchored;
          }
        };
  }

  /** The contexts that each mirror opened it with. */
  synchronized List<SinkContext> contexts() {
    return List.copyOf(contexts);
  }

  /** The former prefixes that it was opened with last. */
  synchronized List<String> formerPrefixes() {
    return contexts.get(contexts.size() - 1).formerPrefixes().stream()
        .map(Bytes::toString)
        .toList();
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    faults.at("apply");
    late.carryOutDue();
    if (late.strikes(!batch.events().isEmpty())) {
      late.hold(() -> carryOut(batch, true));
      throw new OutcomeUnknownException(
          "the answers are lost; the writes may still be carried out", touched(batch), null);
    }
    if (faults.strikes()) {
      List<MirrorEvent> half = batch.events().subList(0, batch.events().size() / 2);
      carryOut(EventBatch.of(half, batch.index(), batch.headIndex()), false);
      throw new IOException("random fault half way");
    }
    carryOut(batch, false);
    late.afterAnother();
  }

  private static List<Touched> touched(EventBatch batch) {
    return batch.events().stream()
        .map(event -> new Touched(event.key(), event instanceof DeleteTree, "http://late:1"))
        .toList();
  }

  /** How long after {@link #answers} a write of unknown outcome may still be carried out. */
  @Override
  public Duration lateEffects() {
    return late.isOn() ? LateWrites.WITHIN : Duration.ZERO;
  }

  /** Whether the server answers again; it always does. */
  @Override
  public boolean answers(String endpoint) throws InterruptedException {
    late.answered();
    return true;
  }

  /** A late write may undo a newer one; the key is overtaken until it is written again. */
  final synchronized void carryOut(EventBatch batch, boolean tooLate) {
    Map<Bytes, Bytes> before = tooLate ? held.values() : Map.of();
    held.apply(batch);
    if (tooLate) {
      Map<Bytes, Bytes> after = held.values();
      Stream.concat(before.keySet().stream(), after.keySet().stream())
          .filter(key -> !Objects.equals(before.get(key), after.get(key)))
          .forEach(overtaken::add);
    } else {
      batches.add(batch);
      overtaken.removeIf(key -> batch.events().stream().anyMatch(event -> decides(event, key)));
    }
  }

  /** Whether an event determines the value of a key. */
  static boolean decides(MirrorEvent event, Bytes key) {
    return event instanceof MirrorEvent.DeleteTree
        ? KeyModel.PATHS.covers(event.key(), key)
        : event.key().equals(key);
  }

  /**
   * What is held at one moment.
   *
   * @param overtaken the keys that a late write has changed since they were written last
   */
  record Look(Map<Bytes, Bytes> values, Set<Bytes> overtaken) {}

  final synchronized Look look() {
    return new Look(held.values(), Set.copyOf(overtaken));
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    faults.at("snapshot");
    late.carryOutDue();
    Snapshot taken = held.snapshot(selection);
    late.wasRead();
    return taken;
  }

  /** The sink refuses this value. */
  void refuseValue(String value) {
    refused = Bytes.utf8(value);
  }

  @Override
  public @Nullable String refusal(Entry entry) {
    Bytes bad = refused;
    return bad != null && entry instanceof Put put && bad.equals(put.value())
        ? "a bad value"
        : null;
  }

  /** Removes the key without the mirror. */
  void lose(String key) {
    held.apply(EventBatch.of(List.of(new MirrorEvent.Delete(Bytes.utf8(key), 0)), 0, 0));
  }

  /** Adds an entry that was there before the mirror. */
  public void preset(String key, String value) {
    held.apply(
        EventBatch.of(
            List.of(new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), 0, null)), 0, 0));
  }

  public synchronized List<EventBatch> batches() {
    return List.copyOf(batches);
  }

  synchronized void forgetBatches() {
    batches.clear();
  }

  List<MirrorEvent> events() {
    return batches().stream().flatMap(batch -> batch.events().stream()).toList();
  }

  Map<String, String> values() {
    return text(held);
  }

  static Map<String, String> text(InMemorySink held) {
    Map<String, String> text = new LinkedHashMap<>();
    held.values().forEach((key, value) -> text.put(key.toString(), value.toString()));
    return text;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
