package org.etcdmirror.core.internal.checkpoint;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Notes for the next run besides the index: why the sink may not be level ({@link CompareNote}), an
 * {@link Anchors anchor}, and the scopes of which the sink may hold something. Notes of others stay
 * as they are. Used by the applier's thread, but for what is said otherwise.
 */
public final class CheckpointNotes {

  private static final String SCOPE = FormerScopes.NOTE;
  private static final String EXPIRING = "expiring";
  private static final String EMPTY = "begun-empty";
  private static final String ASKED = "asked";
  private static final String WAS_ASKED = "a person was asked about deletes";
  private static final String FOREIGN = "foreign-links";
  private static final String LEFT_OUT = "values hold the place of others that were left out";

  private final String link;
  private final KeyMapper mapper;

  private final Anchors anchors;
  private final Doubts doubts;

  /** The cluster whose first copy began with an empty sink. */
  private @Nullable String begunEmpty;

  private boolean asked;
  private BooleanSupplier onlyKnownHere = () -> false;

  private final Suspects suspects;
  private final ExpiringKeys expiring = new ExpiringKeys();
  private final ForeignLinks foreignLinks = new ForeignLinks();

  /** Kept as they are, within bounds: each checkpoint bears them again. */
  private Map<String, String> others = Map.of();

  private final SourceNotes source;
  private final FormerScopes scopes;
  private final StartDoubts startDoubts;

  public CheckpointNotes(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.mapper = runtime.sides().mapper();
    this.anchors = new Anchors(mapper);
    this.suspects = new Suspects(settings, runtime);
    this.doubts = runtime.doubts();
    this.scopes = new FormerScopes(settings, runtime);
    CheckpointScope scope = CheckpointScope.of(settings);
    this.source = new SourceNotes(link, scope, anchors);
    this.startDoubts = new StartDoubts(scope, scopes, settings.comparesAtStart());
  }

  public Anchors anchors() {
    return anchors;
  }

  /** The suspects: keys that writes of unknown outcome touched. */
  public Suspects suspects() {
    return suspects;
  }

  /** The keys of the sink that had a time to live in the source. */
  public ExpiringKeys expiring() {
    return expiring;
  }

  /** The links in the source that come from a third cluster with the id of the sink's. */
  public ForeignLinks foreignLinks() {
    return foreignLinks;
  }

  /** The entries of former scopes that a resync has to delete. For any thread. */
  public FormerEntries formerEntries() {
    return scopes.formerEntries();
  }

  /** A first copy begins with a sink that holds nothing; said until the copy is finished. */
  void beginEmpty(String clusterId) {
    begunEmpty = clusterId;
  }

  /** Whether the sink holds nothing but what came since the first copy of this cluster began. */
  public boolean isBegunEmpty(String clusterId) {
    return clusterId.equals(begunEmpty) && scopes.isOnlyPresentScope();
  }

  /** A person is asked about deletes; said until the sink is level, so that a restart asks, too. */
  public void asks() {
    asked = true;
  }

  /** Whether a person was asked about deletes since the sink was level. */
  public boolean wasAsked() {
    return asked;
  }

  /** The sink is level, but this tells whether only this run can go on by events alone. */
  public void compareAtStart(BooleanSupplier needed) {
    onlyKnownHere = needed;
  }

  /**
   * The mirror goes on from this.
   *
   * @throws PermanentException if it bears what this program does not understand
   */
  public void loaded(Checkpoint stored) {
    hide(stored);
    CompareNote.read(stored);
    others = new TreeMap<>(stored.notes());
    others.remove(CompareNote.NOW);
    others.remove(CompareNote.AT_START);
    others.remove(SCOPE);
    SourceNotes.removeFrom(others);
    begunEmpty = others.remove(EMPTY);
    asked = others.remove(ASKED) != null;
    expiring.resume(others.remove(EXPIRING));
    foreignLinks.resume(others.remove(FOREIGN));
    Suspects.names().forEach(others::remove);
    OtherNotes.bound(link, others);
    suspects.loaded(stored);
    source.loaded(stored);
    scopes.loaded(stored);
  }

  /**
   * The sink turned out to hold an older state of itself, with this checkpoint: what the scopes of
   * then left is there again.
   *
   * @throws PermanentException if it bears what this program does not understand
   */
  void restored(Checkpoint found) {
    hide(found);
    CompareNote.read(found);
    scopes.restored(found);
  }

  /** The sink was wiped, or an older state of it was put back, behind an index. */
  void rolledBack(long index) {
    doubts.add(new Gap(Gap.Reason.SINK_ROLLED_BACK, index, 0, index));
  }

  /**
   * Takes for no data what the checkpoint says mirrors remember in the source. May be called by any
   * thread.
   *
   * @throws PermanentException if that is not readable, as it might be copied then
   */
  public void hide(Checkpoint stored) {
    mapper.hideInSource(HiddenNote.keys(link, stored.notes()));
  }

  /**
   * The source is found to hold at these keys what mirrors remember; each checkpoint says so from
   * now on.
   */
  public void hide(Collection<Bytes> keys) {
    Set<Bytes> all = new TreeSet<>(HiddenNote.keys(link, others));
    if (all.addAll(keys)) {
      mapper.hideInSource(keys);
      others = new TreeMap<>(others);
      others.put(HiddenNote.NAME, HiddenNote.format(all));
    }
  }

  /**
   * The entries of former scopes that a resync from this checkpoint has to delete. For any thread.
   */
  public FormerEntries formerEntries(Checkpoint stored) {
    return scopes.formerEntries(stored);
  }

  /**
   * Why a start from a checkpoint must compare, as far as that tells, whatever the source is.
   *
   * @throws PermanentException if it bears what this program does not understand
   */
  public List<Doubt> doubts(Checkpoint stored) {
    return startDoubts.of(stored);
  }

  /** Takes over what {@link #doubts(Checkpoint)} tells; no save leaves it out from now on. */
  List<Doubt> learnDoubts(Checkpoint stored) {
    List<Doubt> known = doubts(stored);
    known.forEach(doubts::add);
    return known;
  }

  /** Whether two checkpoints' notes differ in nothing, or only in those about the source. */
  static boolean isSameButForSource(Checkpoint one, Checkpoint other) {
    Map<String, String> first = new TreeMap<>(one.notes());
    Map<String, String> second = new TreeMap<>(other.notes());
    SourceNotes.removeFrom(first);
    SourceNotes.removeFrom(second);
    return first.equals(second);
  }

  /**
   * The scopes by which the sink of a checkpoint was written; none if it does not tell.
   *
   * @throws IllegalArgumentException if what it tells is not readable
   */
  public static List<KeyMapper> scopes(Checkpoint stored) {
    String note = stored.notes().get(SCOPE);
    return note == null ? List.of() : ScopeNote.parseOthers(note, null);
  }

  /**
   * The notes of a sink that was written by one scope alone.
   *
   * @param hidden the keys of the source in which mirrors keep what they remember
   */
  public static Map<String, String> of(KeyMapper mapper, Collection<Bytes> hidden) {
    Map<String, String> notes = new TreeMap<>();
    notes.put(SCOPE, ScopeNote.format(mapper));
    if (!hidden.isEmpty()) {
      notes.put(HiddenNote.NAME, HiddenNote.format(hidden));
    }
    return notes;
  }

  /** The checkpoint with the notes as they are now. */
  Checkpoint noted(Checkpoint next) {
    return noted(next, doubts.all());
  }

  /** The checkpoint as it is when all doubts through a number are ended. */
  Checkpoint notedWhenEnded(Checkpoint next, long number) {
    return noted(next, doubts.after(number));
  }

  /** Whether a checkpoint does not say yet why the sink may not be level. */
  boolean isDoubtMissing(Checkpoint stored) {
    return !Objects.equals(stored.notes().get(CompareNote.NOW), CompareNote.format(doubts.all()));
  }

  private Checkpoint noted(Checkpoint next, List<Doubt> open) {
    Map<String, String> notes = new TreeMap<>(others);
    notes.putAll(next.notes());
    put(notes, CompareNote.NOW, CompareNote.format(open));
    put(notes, CompareNote.AT_START, onlyKnownHere.getAsBoolean() ? LEFT_OUT : null);
    put(notes, EXPIRING, expiring.note());
    put(notes, FOREIGN, foreignLinks.note());
    put(notes, EMPTY, CompareNote.isFirstCopy(open) ? begunEmpty : null);
    put(notes, ASKED, asked && !open.isEmpty() ? WAS_ASKED : null);
    put(notes, SCOPE, scopes.note());
    source.addTo(notes);
    suspects.note(notes);
    return next.withNotes(notes);
  }

  private static void put(Map<String, String> notes, String name, @Nullable String value) {
    if (value == null) {
      notes.remove(name);
    } else {
      notes.put(name, value);
    }
  }

  /**
   * Comes before a resync writes entries of this scope alone; if it is never finished and the scope
   * is changed again, the next run must know.
   *
   * @return whether this is news, to be stored
   */
  public boolean resyncBegins() {
    return scopes.resyncBegins();
  }

  /**
   * The sink holds what this scope says, and nothing else that is the mirror's.
   *
   * @param found the newest puts of the source
   * @param changed when the source's selection changed last, as far as the resync shows
   */
  public void resyncDone(List<Anchors.Standing> found, LastChange changed) {
    asked = false;
    scopes.settled();
    anchors.replaceBy(found, changed);
  }

  /** Gives up the changes inside a gap, and the entries that former scopes left. */
  public void skipped(long index) {
    asked = false;
    scopes.givenUp();
    anchors.replaceBy(List.of(), LastChange.at(index));
  }
}
