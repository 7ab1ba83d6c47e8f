package org.etcdmirror.core.internal.lifecycle;

import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.verify.Inspection;

/**
 * What mirrors, once. A member of a link with standbys has a new one each time it stands by.
 *
 * @param runtime what its threads share
 * @param notes what its checkpoints bear
 * @param inspection its plans and verifications
 * @param life its threads
 */
public record Engine(
    MirrorRuntime runtime, CheckpointNotes notes, Inspection inspection, MirrorLife life) {

  /** Makes an engine that was not started. */
  public static Engine of(Settings settings, MirrorRuntime runtime) {
    CheckpointNotes notes = new CheckpointNotes(settings, runtime);
    Inspection inspection = new Inspection(settings, runtime, notes);
    return new Engine(
        runtime, notes, inspection, new MirrorLife(settings, runtime, notes, inspection));
  }
}
