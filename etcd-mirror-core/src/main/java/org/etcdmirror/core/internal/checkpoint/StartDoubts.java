package org.etcdmirror.core.internal.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.run.Doubts.Doubt;

/** Finds why a start from a checkpoint must compare, as far as the checkpoint says. */
final class StartDoubts {

  private final CheckpointScope fingerprint;
  private final FormerScopes scopes;
  private final boolean always;

  /**
   * @param always whether each start compares, because the user wants it
   */
  StartDoubts(CheckpointScope fingerprint, FormerScopes scopes, boolean always) {
    this.fingerprint = fingerprint;
    this.scopes = scopes;
    this.always = always;
  }

  /**
   * The doubts of a checkpoint. An unfinished first copy is the only one there is.
   *
   * @throws PermanentException if the checkpoint has a note that this program does not understand
   */
  List<Doubt> of(Checkpoint stored) {
    List<Doubt> known = new ArrayList<>(CompareNote.read(stored));
    if (CompareNote.isFirstCopy(known)) {
      return known;
    }
    if (fingerprint.isChanged(stored.scope())) {
      add(known, Gap.Reason.SCOPE_CHANGED, stored);
    } else if (always
        || fingerprint.isCompareFirst(stored.scope())
        || scopes.isChanged(stored)
        || stored.notes().containsKey(CompareNote.AT_START)) {
      add(known, Gap.Reason.FORCED, stored);
    }
    return known;
  }

  private static void add(List<Doubt> known, Gap.Reason reason, Checkpoint stored) {
    if (known.stream().noneMatch(doubt -> doubt.gap().reason() == reason)) {
      Gap gap = new Gap(reason, stored.index(), 0, stored.index());
      known.add(Doubt.now(gap));
    }
  }
}
