package org.etcdmirror.service.tiny;

import java.nio.file.Path;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;

/** Tells its first key at once, and the second one when something is written to a named pipe. */
final class GatedSource extends TinySource {

  private final Path pipe;

  GatedSource(Path pipe) {
    this.pipe = pipe;
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return new GatedSnapshot(super.snapshot(selection), pipe);
  }
}
