package org.etcdmirror.soak;

/** What faults happen to. */
interface Stage {

  Cluster source();

  Cluster sink();

  Keyspace sourceKeys();

  Keyspace sinkKeys();

  Mirrors mirrors();

  /** What the source's revisions changed, if it is v3. */
  SourceHistory history();

  /** One side is put back, so that the sink may show older states again. */
  void expectAnotherHistory();
}
