package org.etcdmirror.simulation.life;

import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.ReadableSink;

/** One of the two clusters of a link, with what happens to it. */
interface Side {

  /** A new source that reads it. */
  EventSource source();

  /** A new sink that writes to it. */
  ReadableSink sink();

  /** Requires that a mirror writes to these keys alone, and to those that it keeps for itself. */
  void mirrorsWrite(Predicate<String> keys);

  /** Requires that no mirror writes to it. */
  void noMirrorWrites();

  /** Does something with the key of each write of data by a mirror. */
  void onDataWrite(Consumer<String> task);

  /** Clients that are no mirror change something in the scope, or beside it. */
  void write();

  /** They change much at once. */
  void burst();

  /** They change something below a prefix that is none of the mirror's affair. */
  void writeBelow(String prefix);

  /**
   * Something changes in the scope, if it needs that: behind some proxies of v2 the index of a
   * mirror moves with events only.
   */
  void writeLast();

  /** Something of its history is gone. */
  void loseHistory();

  /** Its history ends with what it holds now; what was read before is not read again. */
  void forgetHistory();

  /** Whether a mirror holds the lead in a sink. */
  boolean hasLeader();

  /** A sink forgets which mirror leads, though that one may be writing. */
  void loseLead();

  /** One of the members is not itself for a while. */
  void trouble();

  /** From now on its members keep up, and its clients keep nothing alive. */
  void calm();

  /** It is wiped, or a backup is put back. A source has another id then. */
  void replace();

  /** The index of the newest change. */
  long index();

  /** The values below some prefixes by key. */
  Map<String, String> values(Collection<String> prefixes);

  /** Everything below some prefixes, directories too, if it has any. */
  Map<String, String> entries(Collection<String> prefixes);

  /** Whether something in it goes by itself. */
  boolean expires();

  /** Whether it knows directories. */
  boolean hasDirectories();

  /** Whether a mirror that writes to it finds at once that another one took over. */
  boolean isFenced();
}
