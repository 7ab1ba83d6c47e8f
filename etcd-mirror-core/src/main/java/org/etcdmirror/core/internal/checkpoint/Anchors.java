package org.etcdmirror.core.internal.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * Keeps anchors, which distinguish this source from another one of the same name: the newest puts
 * of the scope that still exist. Keeps several, so that one remains after a delete. Used by the
 * applier's thread, but for {@link #isBroken}.
 *
 * <p>An anchor is a fact of its own, and stays one when its key is changed; only the source is less
 * likely to know of it then. A backup that was made after the newest put holds each anchor, but not
 * the {@link LastChange} once its new history has changed the selection.
 */
@SuppressWarnings("ReferenceEquality") // Each recovery is one of its own.
public final class Anchors {

  /** A recovery of the sink, which is known here by identity alone. */
  public interface Recovery {}

  /** The number of kept puts. */
  static final int MOST = 4;

  /**
   * A put whose version stays what it is.
   *
   * @param key by its name in the source
   * @param version the index of the put
   * @param held what it may be in the sink, by which it is followed
   * @param lasting whether it does not go by itself
   */
  public record Standing(Bytes key, long version, List<Bytes> held, boolean lasting) {

    /** One that does not go by itself. */
    public Standing(Bytes key, long version, List<Bytes> held) {
      this(key, version, held, true);
    }

    /** Whether this is no longer so after an event, which bears the sink's key. */
    boolean isChangedBy(MirrorEvent event) {
      if (event.index() <= version || event instanceof Refresh) {
        return false;
      }
      return event instanceof DeleteTree
          ? held.stream().anyMatch(one -> KeyModel.PATHS.covers(event.key(), one))
          : held.contains(event.key());
    }
  }

  /**
   * Whether the version of a put stays what it is until the next event on its key. etcd v2 changes
   * the version of what expires without an event. A source whose client did not ask reported no
   * time to live.
   */
  public static boolean isSteady(Put put, KeyModel source) {
    return source == KeyModel.BYTES
        || put.expiresAt() == null
        || Expiry.UNTOLD.equals(put.expiresAt());
  }

  /** What the reader may use: what is known since the last finished recovery. */
  private record Told(
      @Nullable Anchor anchor, @Nullable LastChange last, @Nullable Recovery after) {}

  private final KeyMapper mapper;

  /** The same of the lasting ones alone; null in what this holds. */
  private final @Nullable Anchors lasting;

  /** The newest comes first. */
  private final List<Standing> standing = new ArrayList<>();

  private final List<Standing> learned = new ArrayList<>();

  /** The index at which they existed. */
  private long at;

  /** In place of those that stand: the last that did, or may. */
  private @Nullable Anchor older;

  /** When the source's selection changed last; null if that is not known. */
  private @Nullable LastChange last;

  private @Nullable Recovery recovered;
  private volatile Told told = new Told(null, null, null);

  public Anchors(KeyMapper mapper) {
    this(mapper, new Anchors(mapper, null));
  }

  private Anchors(KeyMapper mapper, @Nullable Anchors lasting) {
    this.mapper = mapper;
    this.lasting = lasting;
  }

  /**
   * Those that do not go by themselves. They are older, so they find out less; but they can prove
   * that a source is the same when all the others have gone.
   */
  public Anchors lasting() {
    return lasting == null ? this : lasting;
  }

  /** Begins with what a checkpoint tells. */
  void resume(@Nullable Anchor stored, @Nullable LastChange changed, long index) {
    last = changed;
    if (changed != null && changed.through() != index) {
      // A note may be older than the index: then nothing is known of the time between them.
      last = changed.then(LastChange.at(index));
    }
    standing.clear();
    older = stored;
    at = index;
    if (stored != null && stored.at() == index) {
      List<Bytes> held = mapper.held(stored.key());
      if (!held.isEmpty()) {
        standing.add(new Standing(stored.key(), stored.version(), held));
      }
    }
    told = new Told(newest(), changed, recovered);
  }

  /**
   * Adds puts that stand at the end of a batch; {@link #follow} or {@link #standStill} comes next.
   */
  public void learn(List<Standing> found, long appliedThrough) {
    for (Standing one : found) {
      // What was put before may have been deleted since by what is not followed.
      if (one.version() > appliedThrough) {
        learned.add(one);
      }
    }
    if (lasting != null) {
      lasting.learn(lastingOf(found), appliedThrough);
    }
  }

  private static List<Standing> lastingOf(List<Standing> found) {
    return found.stream().filter(Standing::lasting).toList();
  }

  /**
   * The sink's events, in their order.
   *
   * @param changed when the source's selection changed last; all events through its end are here
   */
  public void follow(List<MirrorEvent> events, LastChange changed) {
    long index = changed.through();
    last = (last == null ? LastChange.at(index) : last).then(changed);
    Anchor before = newest();
    standing.addAll(learned);
    learned.clear();
    standing.removeIf(one -> events.stream().anyMatch(one::isChangedBy));
    at = Math.max(at, index);
    older = standing.isEmpty() ? before : null;
    keepNewest();
    tell();
    if (lasting != null) {
      lasting.follow(events, changed);
    }
  }

  /** What was learned last is not followed; what stood before did so at its index. */
  public void standStill() {
    learned.clear();
    if (lasting != null) {
      lasting.standStill();
    }
  }

  /** The sink is level with a snapshot that held these; what was known before is of no use. */
  void replaceBy(List<Standing> found, LastChange changed) {
    long index = changed.through();
    last = changed;
    standing.clear();
    learned.clear();
    standing.addAll(found);
    keepNewest();
    older = null;
    at = index;
    tell();
    if (lasting != null) {
      lasting.replaceBy(lastingOf(found), changed);
    }
  }

  /** A recovery is done. Until then the reader follows what is not known here. */
  public void recovered(Recovery recovery) {
    recovered = recovery;
    tell();
  }

  private void keepNewest() {
    standing.sort(Comparator.comparingLong(Standing::version).reversed());
    if (standing.size() > MOST) {
      standing.subList(MOST, standing.size()).clear();
    }
  }

  /** The best one there is. */
  @Nullable
  public Anchor newest() {
    if (standing.isEmpty()) {
      return older;
    }
    Standing best = standing.get(0);
    return new Anchor(best.key(), best.version(), at);
  }

  /** When the source's selection changed last; null if that is not known. */
  @Nullable LastChange lastChange() {
    return last;
  }

  private void tell() {
    told = new Told(newest(), last, recovered);
  }

  /** The best one there is; may be asked by any thread. */
  @Nullable
  public Anchor known() {
    return told.anchor();
  }

  /**
   * Whether the known anchor belongs to the stream that the reader follows.
   *
   * @param last the recovery that the reader handed over last
   */
  public boolean isDone(@Nullable Recovery last) {
    return told.after() == last;
  }

  /**
   * Whether the source is another one than before. Called by the reader.
   *
   * @param selection what is read of the source
   * @param last the recovery that the reader handed over last
   * @param before one of the same history before that; null for the beginning
   */
  public boolean isBroken(
      InspectableSource source,
      Selection selection,
      @Nullable Recovery last,
      @Nullable Recovery before)
      throws IOException, InterruptedException {
    Told known = told;
    if (known.after() != last && known.after() != before) {
      return false;
    }
    LastChange changed = known.last();
    return isBroken(source, known.anchor())
        || (changed != null
            && changed.isClaim()
            && source.check(selection, changed) == Anchor.Check.BROKEN);
  }

  /** An older one that does not go by itself may know what the newest does not. */
  private boolean isBroken(InspectableSource source, @Nullable Anchor newest)
      throws IOException, InterruptedException {
    Anchor.Check check = newest == null ? Anchor.Check.UNKNOWN : source.check(newest);
    Anchor other = lasting().known();
    if (check == Anchor.Check.UNKNOWN && other != null && !other.equals(newest)) {
      check = source.check(other);
    }
    return check == Anchor.Check.BROKEN;
  }
}
