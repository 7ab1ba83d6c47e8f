package org.etcdmirror.soak;

import java.nio.file.Path;
import java.util.Optional;

/** What faults happen to. */
interface Stage {

  Cluster source();

  Cluster sink();

  Keyspace sourceKeys();

  Keyspace sinkKeys();

  Mirrors mirrors();

  /** What the source's revisions changed, if it is v3. */
  SourceHistory history();

  /** The mirrors' wall clock, if it can be set. */
  Optional<MirrorClock> clock();

  /** For what faults need. */
  Path directory();

  /** One side is about to be put back: the sink may show older states again. */
  void historyChanges(boolean ofSource);

  /** The side is back, and the new history is known so far. */
  void historyHasChanged();
}
