package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/** An in-memory store that records what it is given and can fail, even after it has stored. */
public final class FakeStore implements IndexStore {

  final Faults faults = new Faults();
  private final List<Checkpoint> saves = new ArrayList<>();
  private Consumer<Checkpoint> onSave = checkpoint -> {};
  private volatile LongPredicate written = index -> false;
  private volatile @Nullable String signature;
  private @Nullable Checkpoint stored;
  private boolean closed;

  @Override
  public Place place() {
    return Place.PROCESS;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    faults.at("load");
    return Optional.ofNullable(stored());
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    faults.at("save");
    synchronized (this) {
      onSave.accept(checkpoint);
      stored = checkpoint;
      saves.add(checkpoint);
    }
    faults.at("saved");
    if (faults.strikes()) {
      throw new IOException("random fault after the save");
    }
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    faults.at("confirm");
  }

  @Override
  public boolean hasWritten(long index) {
    return written.test(index);
  }

  @Override
  public @Nullable String signature() {
    return signature;
  }

  /** The store claims the changes at these indexes and signs its writes with this text. */
  void remembers(LongPredicate indexes, @Nullable String text) {
    written = indexes;
    signature = text;
  }

  synchronized void onSave(Consumer<Checkpoint> check) {
    onSave = check;
  }

  synchronized void preset(long index, @Nullable String clusterId, @Nullable String scope) {
    stored = new Checkpoint(index, clusterId, scope, Instant.parse("2020-01-01T00:00:00Z"));
  }

  /** Replaces the notes of the stored checkpoint. */
  synchronized void presetNotes(Map<String, String> notes) {
    stored = requireNonNull(stored).withNotes(notes);
  }

  synchronized Map<String, String> notes() {
    return stored == null ? Map.of() : stored.notes();
  }

  synchronized void preset(@Nullable Checkpoint checkpoint) {
    stored = checkpoint;
  }

  synchronized @Nullable Checkpoint stored() {
    return stored;
  }

  /** The stored checkpoint; fails if there is none. */
  Checkpoint last() {
    return requireNonNull(stored(), "nothing is stored");
  }

  synchronized long index() {
    return stored == null ? -1 : stored.index();
  }

  synchronized List<Checkpoint> saves() {
    return List.copyOf(saves);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
