package org.etcdmirror.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/** A sink in memory that records what it is given, and can fail, also half way. */
class FakeSink implements ReadableSink {

  final Faults faults = new Faults();
  final InMemorySink held;
  private final List<EventBatch> batches = new ArrayList<>();
  private volatile @Nullable Bytes refused;
  private volatile @Nullable String clusterId;
  private boolean closed;

  FakeSink(KeyModel model) {
    held = model == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes();
  }

  @Override
  public KeyModel keyModel() {
    return held.keyModel();
  }

  @Override
  public void sourceKeyModel(KeyModel model) {
    held.sourceKeyModel(model);
  }

  /** It is kept in this cluster. */
  void in(String cluster) {
    clusterId = cluster;
  }

  @Override
  public @Nullable String clusterId() throws IOException, InterruptedException {
    faults.at("clusterId");
    return clusterId;
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    faults.at("apply");
    if (faults.strikes()) {
      List<MirrorEvent> half = batch.events().subList(0, batch.events().size() / 2);
      held.apply(EventBatch.of(half, batch.index(), batch.headIndex()));
      throw new IOException("random fault half way");
    }
    held.apply(batch);
    synchronized (this) {
      batches.add(batch);
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    faults.at("snapshot");
    return held.snapshot(selection);
  }

  /** This value can never be held. */
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

  /** The key goes without the mirror. */
  void lose(String key) {
    held.apply(EventBatch.of(List.of(new MirrorEvent.Delete(Bytes.utf8(key), 0)), 0, 0));
  }

  /** What was there before the mirror. */
  void preset(String key, String value) {
    held.apply(
        EventBatch.of(
            List.of(new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), 0, null)), 0, 0));
  }

  synchronized List<EventBatch> batches() {
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
