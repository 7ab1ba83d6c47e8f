package org.etcdmirror.simulation.life;

import java.util.Map;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.ReadableSink;

/** One of the two clusters of a link, with what happens to it. */
interface Side {

  /** A new source that reads it. */
  EventSource source();

  /** A new sink that writes to it. */
  ReadableSink sink();

  /** Clients that are no mirror change something in the scope, or beside it. */
  void write();

  /** They change much at once. */
  void burst();

  /** They change something that is none of the mirror's affair. */
  void writeBeside();

  /** One of the members is not itself for a while. */
  void trouble();

  /** They change something in the scope, after which there is peace. */
  void writeLast();

  /** From now on its members keep up. */
  void calm();

  /** It is wiped, or a backup is put back, under another id. */
  void replace();

  /** The index of the newest change. */
  long index();

  /** The values in the scope by key. */
  Map<String, String> values();

  /** Everything in the scope, directories too, if it has any. */
  Map<String, String> entries();

  /** Whether something in it goes by itself. */
  boolean expires();

  /** Whether it knows directories. */
  boolean hasDirectories();

  /** Requires that a mirror writes nothing to it. */
  void isSource();
}
