package org.etcdmirror.core.internal.identity;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkIdentity;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.etcdmirror.core.internal.side.Side;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that is apart from the sink's data, and tied to it: the data bears an identity, which is
 * written before the store is saved, and each checkpoint says which identity that was. So data that
 * bears another one, none, or one of a lower index is not the data that the checkpoint is of. What
 * is loaded then says that the sink was rolled back.
 *
 * <p>The identity's index may be older than the checkpoint's, by the sink's interval. A start goes
 * on from the identity's, as the data is known to hold no more than that.
 */
final class IdentifiedStore implements IndexStore {

  private static final Logger log = LoggerFactory.getLogger(IdentifiedStore.class);

  /** The identity that the sink bore when the checkpoint was saved, at least. */
  private static final String NOTE = "sink-identity";

  private static final int ID_BYTES = 12;

  private final IdentifiedSink sink;
  private final IndexStore store;

  /** The identity of the sink; null if it has none that belongs to the checkpoint. */
  private @Nullable SinkIdentity known;

  private @Nullable String cluster;
  private long writtenNanos;

  IdentifiedStore(IdentifiedSink sink, IndexStore store) {
    this.sink = sink;
    this.store = store;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    Checkpoint stored = store.load().orElse(null);
    known = null;
    if (stored == null) {
      return Optional.empty();
    }
    cluster = stored.clusterId();
    SinkIdentity found = Side.SINK.call(sink::identity).orElse(null);
    SinkIdentity noted = noted(stored);
    if (found == null || !follows(noted, found)) {
      log.warn(
          LogEvent.SINK_REPLACED.marker(),
          "checkpoint belongs to another sink: index={} expected={} found={}",
          stored.index(),
          text(noted),
          text(found));
      return Optional.of(doubted(stored));
    }
    known = found;
    // What was applied behind it may be missing, where an older state of the data was put back.
    return Optional.of(found.index() < stored.index() ? at(found.index(), stored) : stored);
  }

  private static boolean follows(@Nullable SinkIdentity noted, SinkIdentity found) {
    return noted != null && found.id().equals(noted.id()) && found.index() >= noted.index();
  }

  private static @Nullable SinkIdentity noted(Checkpoint stored) {
    String[] parts = stored.notes().getOrDefault(NOTE, "").split(" ", -1);
    try {
      return parts.length == 2 ? new SinkIdentity(parts[0], Long.parseLong(parts[1])) : null;
    } catch (IllegalArgumentException e) {
      log.warn(
          LogEvent.NOTE_UNREADABLE.marker(),
          "ignoring unreadable checkpoint note '{}': {}",
          NOTE,
          e.getMessage());
      return null;
    }
  }

  private static Checkpoint at(long index, Checkpoint stored) {
    return new Checkpoint(
        index,
        stored.clusterId(),
        stored.scope(),
        stored.savedAt(),
        stored.applying(),
        stored.notes());
  }

  /** A first copy that was not finished is compared anyway, and is still one. */
  private static Checkpoint doubted(Checkpoint stored) {
    if (CompareNote.isFirstCopy(stored)) {
      return stored;
    }
    List<Doubt> doubts = new ArrayList<>(CompareNote.read(stored));
    Gap gap = new Gap(Gap.Reason.SINK_ROLLED_BACK, stored.index(), 0, stored.index());
    doubts.removeIf(doubt -> doubt.gap().reason() == gap.reason());
    doubts.add(Doubt.now(gap));
    Map<String, String> notes = new TreeMap<>(stored.notes());
    notes.put(CompareNote.NOW, Objects.requireNonNull(CompareNote.format(doubts)));
    return stored.withNotes(notes);
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    SinkIdentity identity = known;
    if (identity == null || isDue(identity, checkpoint)) {
      identity = new SinkIdentity(identity == null ? random() : identity.id(), checkpoint.index());
      SinkIdentity next = identity;
      Side.SINK.run(() -> sink.identify(next));
      known = identity;
      writtenNanos = System.nanoTime();
    }
    Map<String, String> notes = new TreeMap<>(checkpoint.notes());
    notes.put(NOTE, identity.id() + " " + identity.index());
    store.save(checkpoint.withNotes(notes));
    cluster = checkpoint.clusterId();
  }

  /** At once where the index begins anew, so that a higher one of another history is never left. */
  private boolean isDue(SinkIdentity identity, Checkpoint next) {
    return next.index() < identity.index()
        || !Objects.equals(cluster, next.clusterId())
        || (next.index() > identity.index()
            && System.nanoTime() - writtenNanos >= sink.identityInterval().toNanos());
  }

  @Override
  public Duration confirmPause() {
    return store.confirmPause();
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    store.confirm();
    SinkIdentity expected = known;
    if (expected != null) {
      SinkIdentity found = Side.SINK.call(sink::identity).orElse(null);
      if (found == null || !follows(expected, found)) {
        known = null;
        throw new SinkRolledBackException(
            "sink was replaced, wiped or restored: expected %s, found %s"
                .formatted(text(expected), text(found)));
      }
    }
  }

  /** A new one wherever the data was not what it was, so that the old index is never believed. */
  private static String random() {
    byte[] id = new byte[ID_BYTES];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static String text(@Nullable SinkIdentity identity) {
    return identity == null
        ? "no identity"
        : "identity %s at index %d".formatted(identity.id(), identity.index());
  }

  @Override
  public void close() {
    store.close();
  }
}
