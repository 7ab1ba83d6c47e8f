package org.etcdmirror.core.internal.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.SinkOpening;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scopes that the sink was written by, as the checkpoint's note {@code scope} tells, and what a
 * resync has to delete of the former ones. Any client that may write the checkpoint may forge the
 * note, so it is bounded, and what it says of keys outside of the present prefixes needs an
 * approval (see {@link FormerEntries}). Used by the applier's thread, but for what is said
 * otherwise.
 */
final class FormerScopes {

  private static final Logger log = LoggerFactory.getLogger(FormerScopes.class);

  static final String NOTE = "scope";

  /** So many former scopes are named in a line of the log. */
  private static final int NAMED = 3;

  private final String link;
  private final KeyMapper mapper;
  private final CheckpointScope fingerprint;
  private final List<Bytes> named;

  /** The present scope's text. */
  private final String own;

  private final SinkOpening opening;

  /** The texts of the scopes that the sink was written by; empty if that is not known. */
  private List<String> scopes = List.of();

  private volatile FormerEntries formerEntries;

  FormerScopes(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.mapper = runtime.sides().mapper();
    this.fingerprint = CheckpointScope.of(settings);
    this.named = settings.consent().formerPrefixes();
    this.own = ScopeNote.format(mapper);
    this.formerEntries = FormerEntries.none(mapper);
    this.opening = runtime.opening();
  }

  /** The entries of former scopes that a resync has to delete. For any thread. */
  FormerEntries formerEntries() {
    return formerEntries;
  }

  /** The same for one that goes on from a checkpoint. May be asked by any thread. */
  FormerEntries formerEntries(Checkpoint stored) {
    String note = note(stored);
    List<KeyMapper> former = note == null ? null : readable(note);
    warnOf(former);
    return former == null ? FormerEntries.none(mapper) : formerEntries(former);
  }

  /** The mirror goes on from this. */
  void loaded(Checkpoint stored) {
    String note = note(stored);
    List<KeyMapper> former = note == null ? null : readable(note);
    if (note != null && former != null) {
      scopes = ScopeNote.split(note);
      formerEntries = formerEntries(former);
      warnOf(former);
      warnOfLater();
    } else {
      scopes = fingerprint.isChanged(stored.scope()) ? List.of() : List.of(own);
      formerEntries = FormerEntries.none(mapper);
    }
  }

  /**
   * The sink turned out to hold an older state of itself, with this checkpoint: what the scopes of
   * then left is there again.
   */
  void restored(Checkpoint found) {
    String note = note(found);
    if (note != null && readable(note) != null) {
      Set<String> all = new LinkedHashSet<>(scopes);
      all.addAll(ScopeNote.split(note));
      scopes = List.copyOf(all);
      formerEntries = formerEntries(ScopeNote.parseOthers(scopes, own));
      warnOfLater();
    }
  }

  /** The sink is opened once, so a scope that was not known by then is left to the next run. */
  private FormerEntries formerEntries(List<KeyMapper> former) {
    return new FormerEntries(mapper, former.stream().filter(this::isOpen).toList(), named);
  }

  private boolean isOpen(KeyMapper former) {
    return former.targetPrefixes().stream().allMatch(opening::covers);
  }

  /** The scopes that are left to the next run, which the note makes compare at its start. */
  private List<String> later() {
    return scopes.stream()
        .filter(scope -> !scope.equals(own) && !isOpen(ScopeNote.parse(scope)))
        .toList();
  }

  private void warnOfLater() {
    if (!later().isEmpty()) {
      log.warn(
          LogEvent.FORMER_KEYS_STAY.marker(),
          "[link={}] the sink was restored to a state that other scopes wrote; their keys stay until"
              + " the mirror is started again, former scopes={}",
          link,
          later().size());
    }
  }

  /** A link name that was used for something else before is often a mistake. */
  private void warnOf(@Nullable List<KeyMapper> former) {
    List<String> texts =
        former == null
            ? List.of()
            : former.stream()
                .map(one -> one.scope().toString())
                .filter(text -> !text.equals(mapper.scope().toString()))
                .distinct()
                .limit(NAMED)
                .toList();
    if (!texts.isEmpty()) {
      log.warn(
          LogEvent.SCOPE_CHANGED.marker(),
          "[link={}] link '{}' mirrored '{}' before, and now mirrors '{}'; a resync deletes what only the former scope wrote, so use another link name if this is another mirror",
          link,
          link,
          DisplayText.of(String.join("', '", texts)),
          DisplayText.of(mapper.scope()));
    }
  }

  private static @Nullable String note(Checkpoint stored) {
    return stored.notes().get(NOTE);
  }

  /** The scopes of a note but for the present one; null if they are not known. */
  private @Nullable List<KeyMapper> readable(String note) {
    if (note.equals(own)) {
      return List.of();
    }
    try {
      List<KeyMapper> former = ScopeNote.parseOthers(note, own);
      for (KeyMapper one : former) {
        if (one.sinkModel() != mapper.sinkModel()) {
          throw new IllegalArgumentException(
              "the former key model of the sink was " + one.sinkModel());
        }
      }
      return former;
    } catch (IllegalArgumentException e) {
      log.warn(
          LogEvent.FORMER_KEYS_STAY.marker(),
          "[link={}] not removing entries of a former scope, because its checkpoint note is unreadable: {}",
          link,
          e.getMessage());
      return null;
    }
  }

  /** Whether the sink may hold something of another scope, whatever the fingerprint says. */
  boolean isChanged(Checkpoint stored) {
    String note = note(stored);
    return note != null && !note.equals(own);
  }

  /** Whether the sink was written by the present scope alone. */
  boolean isOnlyPresentScope() {
    return scopes.equals(List.of(own));
  }

  /** The note to be stored; null for none. */
  @Nullable String note() {
    return scopes.isEmpty() ? null : ScopeNote.join(scopes);
  }

  /**
   * Records this scope before a resync writes entries that only this scope has. If the resync does
   * not finish and the scope changes again, the next run needs the record.
   *
   * @return whether this is news, to be stored
   */
  boolean resyncBegins() {
    if (scopes.contains(own)) {
      return false;
    }
    List<String> both = new ArrayList<>(scopes);
    both.add(own);
    scopes = List.copyOf(both);
    return true;
  }

  /** The sink holds what this scope says, and of others only what is left to the next run. */
  void settled() {
    List<String> all = new ArrayList<>(later());
    all.add(own);
    scopes = List.copyOf(all);
    formerEntries = FormerEntries.none(mapper);
  }

  /** What former scopes left is given up. */
  void givenUp() {
    scopes = List.of(own);
    formerEntries = FormerEntries.none(mapper);
  }
}
