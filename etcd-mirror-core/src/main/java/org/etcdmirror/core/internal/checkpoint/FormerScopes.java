package org.etcdmirror.core.internal.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Parts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scopes that the sink was written by, as the checkpoint's note {@code scope} tells, and what a
 * resync has to delete of the former ones. Anybody who may write the checkpoint may forge the note,
 * so it is bounded, and what it says of keys outside of the present prefixes needs an approval (see
 * {@link Leftovers}). Used by the applier's thread, but for what is said otherwise.
 */
final class FormerScopes {

  private static final Logger log = LoggerFactory.getLogger(FormerScopes.class);

  static final String NOTE = "scope";

  private final String link;
  private final KeyMapper mapper;
  private final CheckpointScope fingerprint;
  private final List<Bytes> named;

  /** The present scope's text. */
  private final String own;

  /** The texts of the scopes that the sink was written by; empty if that is not known. */
  private List<String> scopes = List.of();

  private volatile Leftovers leftovers;

  FormerScopes(Parts parts) {
    this.link = parts.link();
    this.mapper = parts.mapper();
    this.fingerprint = CheckpointScope.of(parts);
    this.named = parts.consent().formerPrefixes();
    this.own = ScopeNote.format(mapper);
    this.leftovers = Leftovers.none(mapper);
  }

  /** What a resync has to delete of former scopes. May be asked by any thread. */
  Leftovers leftovers() {
    return leftovers;
  }

  /** The same for one that goes on from a checkpoint. May be asked by any thread. */
  Leftovers leftovers(Checkpoint stored) {
    String note = note(stored);
    List<KeyMapper> former = note == null ? null : readable(note);
    return former == null ? Leftovers.none(mapper) : new Leftovers(mapper, former, named);
  }

  /** The mirror goes on from this. */
  void loaded(Checkpoint stored) {
    String note = note(stored);
    List<KeyMapper> former = note == null ? null : readable(note);
    if (note != null && former != null) {
      scopes = ScopeNote.split(note);
      leftovers = new Leftovers(mapper, former, named);
    } else {
      scopes = fingerprint.isChanged(stored.scope()) ? List.of() : List.of(own);
      leftovers = Leftovers.none(mapper);
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
      leftovers = new Leftovers(mapper, ScopeNote.parseOthers(scopes, own), named);
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
  boolean areOnlyThis() {
    return scopes.equals(List.of(own));
  }

  /** The note to be stored; null for none. */
  @Nullable String note() {
    return scopes.isEmpty() ? null : ScopeNote.join(scopes);
  }

  /**
   * Before a resync writes what is in this scope alone; if it is never finished and the scope is
   * changed again, the next run must know.
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

  /** The sink holds what this scope says, and nothing else that is the mirror's. */
  void settled() {
    scopes = List.of(own);
    leftovers = Leftovers.none(mapper);
  }
}
