package org.etcdmirror.v2;

import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.connection.V2Limits;
import org.etcdmirror.v2.internal.index.V2ComparedKey;
import org.etcdmirror.v2.internal.index.V2ComparedKey.Stored;
import org.etcdmirror.v2.internal.index.V2Link;
import org.etcdmirror.v2.internal.index.V2Meta;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a link's index in an etcd v2 cluster, which usually is the sink's own: as a plain decimal
 * number in {@code /__replication/LINK}, for the link {@code /} in {@code /__replication/__ROOT__}.
 * {@code /__replication/__meta__LINK} beside it tells the source's cluster, the scope, the notes,
 * the time and the store that wrote it. It is written at once when one of these changes, but for
 * the time and the notes about the source: for these, which change with each batch, at most every
 * 10 seconds. So a loaded {@link Checkpoint#savedAt} is a time at which a mirror saved, and at most
 * 10 seconds before the last; a mirror has then been alive. A number alone, from another program or
 * a person, is a checkpoint of unknown cluster and scope, saved at {@link Instant#EPOCH}, because
 * its age is not known.
 *
 * <p>Each save compares with what this store read or wrote last, so that a second mirror of the
 * same link, or a person's edit, ends in a {@link FencedException}. A number that is missing or was
 * written before the one that is known, and an index of the cluster that is lower than it was, tell
 * that the cluster was wiped or put back: that is a {@link SinkRolledBackException}. For one thread
 * at a time; {@link #close} may come from any.
 */
public final class V2IndexStore implements IndexStore {

  private final V2Client client;

  /** Else they are the sink's, which closes them. */
  private final boolean ownsClient;

  private final V2Link link;
  private final V2ComparedKey index;
  private final V2ComparedKey meta;

  /** This object and no other, also not a later one on the same machine. */
  private final String owner = UUID.randomUUID().toString();

  /** Numbers that may or may not have been written since the last certain one. */
  private final Set<String> undecided = new HashSet<>();

  private @Nullable V2Meta knownMeta;
  private boolean loaded;

  /** The cluster was wiped or put back, and nothing was saved since. */
  private boolean rolledBack;

  private V2IndexStore(V2Client client, V2Link link, boolean ownsClient) {
    this.client = client;
    this.ownsClient = ownsClient;
    this.link = link;
    this.index = new V2ComparedKey(client, link.indexKey());
    this.meta = new V2ComparedKey(client, link.metaKey());
  }

  /**
   * A store; nothing is connected yet.
   *
   * @param endpoints the servers of the cluster, each as {@code http://HOST:PORT}
   * @param link the link's name; for a link with one prefix, that prefix in the sink
   * @throws IllegalArgumentException if an endpoint is not of that form, or v2 cannot hold the name
   */
  public static V2IndexStore open(List<String> endpoints, String link) {
    return open(endpoints, link, Access.ANONYMOUS);
  }

  /**
   * A store for a cluster that wants to know who asks; nothing is connected yet.
   *
   * @param endpoints the servers of the cluster, each as {@code http://HOST:PORT}
   * @param link the link's name; for a link with one prefix, that prefix in the sink
   * @param access who asks, and by which certificates
   * @throws IllegalArgumentException if an endpoint or a certificate can't be used, or v2 cannot
   *     hold the name
   */
  public static V2IndexStore open(List<String> endpoints, String link, Access access) {
    return open(endpoints, link, access, V2Limits.DEFAULT);
  }

  /** The same with limits of one's own. */
  static V2IndexStore open(List<String> endpoints, String link, Access access, V2Limits limits) {
    V2Link keys = V2Link.called(link);
    return new V2IndexStore(V2Client.connect(endpoints, access, limits), keys, true);
  }

  /** A store that uses a sink's connections; it ends with the sink. */
  static V2IndexStore beside(V2Client client, String link) {
    return new V2IndexStore(client, V2Link.called(link), false);
  }

  /** The cluster is to be the sink's own. */
  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    Stored number = index.fetch();
    Stored description = meta.fetch();
    V2Meta parsed = description == null ? null : V2Meta.parse(description.value(), meta.key());
    Optional<Checkpoint> checkpoint =
        number == null ? Optional.empty() : Optional.of(link.checkpoint(number.value(), parsed));
    index.adopt(number);
    meta.adopt(description);
    knownMeta = parsed;
    undecided.clear();
    loaded = true;
    return checkpoint;
  }

  /**
   * The number first, then what describes it. Suppose that the source's cluster was replaced and
   * this stops in between: the new number beside the old cluster, or the old anchor, reads as
   * "replaced" and is resynced. The other way round, the old cluster's number would pass for one of
   * the new cluster. So a note that must not be missing beside a new number has to be saved before
   * it, with the old number.
   *
   * <p>Where there is no number yet, the description comes first, because alone it is nothing: the
   * first number may be one that only its notes explain. The same holds where the number of a
   * cluster that was put back is lower: beside its old description the new number would be
   * believed.
   */
  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    noticing(() -> write(checkpoint));
  }

  private void write(Checkpoint checkpoint) throws IOException, InterruptedException {
    if (!loaded) {
      load();
    }
    V2Meta wanted = V2Meta.of(checkpoint, owner);
    if (index.known() == null || rolledBack) {
      describe(wanted);
    }
    saveIndex(Long.toString(checkpoint.index()));
    describe(wanted);
    rolledBack = false;
  }

  /** One quorum read of the number. */
  @Override
  public void confirm() throws IOException, InterruptedException {
    if (loaded) {
      noticing(this::lookAtIndex);
    }
  }

  private void lookAtIndex() throws IOException, InterruptedException {
    Stored found = index.currentNotMissing();
    if (!Objects.equals(found, index.known())) {
      adoptOwn(found);
    }
  }

  /** Compares what is stored with what is known. */
  @FunctionalInterface
  private interface Comparison {
    void run() throws IOException, InterruptedException;
  }

  private void noticing(Comparison comparison) throws IOException, InterruptedException {
    try {
      comparison.run();
    } catch (SinkRolledBackException e) {
      rolledBack = true;
      loaded = false;
      throw e;
    }
  }

  private void describe(V2Meta wanted) throws IOException, InterruptedException {
    if (knownMeta == null || !knownMeta.isFreshEnoughFor(wanted)) {
      saveMeta(wanted);
    }
  }

  private void saveIndex(String number) throws IOException, InterruptedException {
    if (trySaveIndex(number)) {
      return;
    }
    adoptOwn(index.currentNotMissing());
    if (!trySaveIndex(number)) {
      throw fenced(index, index.fetch());
    }
  }

  /** A write that looks foreign may be our own, whose answer was lost. */
  private void adoptOwn(@Nullable Stored found) throws IOException, InterruptedException {
    if (found != null && undecided.contains(found.value()) && isMetaOurs()) {
      index.adopt(found);
    } else if (found != null && isOlderThanKnown(found)) {
      throw new SinkRolledBackException(
          "sink was restored to an older state: %s: expected %s, found the earlier %s"
              .formatted(index.key(), describe(index.known()), found));
    } else {
      throw fenced(index, found);
    }
  }

  /**
   * Whether a backup has brought back the number together with its description, perhaps that of a
   * cluster that had come further. A person changes the number alone, and another mirror goes on
   * from what is stored, so its time is not before.
   */
  private boolean isOlderThanKnown(Stored found) throws IOException, InterruptedException {
    Stored known = index.known();
    Stored description = meta.fetch();
    V2Meta before = knownMeta;
    if (known == null || before == null || description == null) {
      return false;
    }
    try {
      return !description.equals(meta.known())
          && Long.parseLong(found.value().strip()) <= Long.parseLong(known.value().strip())
          && V2Meta.parse(description.value(), meta.key()).savedAt().isBefore(before.savedAt());
    } catch (NumberFormatException | PermanentException noCheckpoint) {
      return false;
    }
  }

  /** After anything but a clear answer, an interrupt too, the write may have happened. */
  private boolean trySaveIndex(String number) throws IOException, InterruptedException {
    boolean isNew = undecided.add(number);
    boolean written = index.compareAndSet(number);
    if (written) {
      undecided.clear();
    } else if (isNew) {
      undecided.remove(number);
    }
    return written;
  }

  /** Another store of this link would have left its own name there, or soon will. */
  private boolean isMetaOurs() throws IOException, InterruptedException {
    Stored found = meta.current();
    return Objects.equals(found, meta.known()) || (found != null && isOwn(found));
  }

  private boolean isOwn(Stored description) {
    return V2Meta.parse(description.value(), meta.key()).owner().equals(owner);
  }

  private void saveMeta(V2Meta wanted) throws IOException, InterruptedException {
    String json = wanted.json();
    if (!meta.compareAndSet(json)) {
      // A cluster that was wiped or put back lacks the number as well; a person may take this
      // alone.
      index.currentNotMissing();
      Stored found = meta.current();
      if (found == null || !isOwn(found)) {
        throw fenced(meta, found);
      }
      meta.adopt(found);
      if (!meta.compareAndSet(json)) {
        throw fenced(meta, meta.fetch());
      }
    }
    knownMeta = wanted;
  }

  private static FencedException fenced(V2ComparedKey key, @Nullable Stored found) {
    return new FencedException(
        "another mirror changed the index %s: expected %s, found %s; run one mirror for each link"
            .formatted(key.key(), describe(key.known()), describe(found)));
  }

  private static String describe(@Nullable Stored stored) {
    return stored == null ? "nothing" : stored.toString();
  }

  @Override
  public boolean hasWritten(long index) {
    return client.written().contains(index);
  }

  /** The name of this store, which the description beside the number bears. */
  @Override
  public String signature() {
    return owner;
  }

  @Override
  public void close() {
    if (ownsClient) {
      client.close();
    }
  }
}
