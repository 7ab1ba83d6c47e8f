package org.etcdmirror.core.internal.diff;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.Difference.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Makes differences of what a walk visits. This is the only place from which the values of keys get
 * into reports.
 *
 * @param showValues whether they do
 */
public record Differences(boolean showValues) {

  /** The sink lacks an entry, or holds another one at its key. */
  public Difference missing(Entry wanted, @Nullable Entry found) {
    Kind kind = found == null ? Kind.MISSING : Kind.DIFFERENT;
    return of(kind, wanted.key(), wanted, found);
  }

  /** The sink holds an entry that the source does not. */
  public Difference extra(Entry found) {
    return of(Kind.EXTRA, found.key(), null, found);
  }

  private Difference of(Kind kind, Bytes key, @Nullable Entry source, @Nullable Entry sink) {
    return showValues
        ? new Difference(kind, key, shown(source), shown(sink))
        : new Difference(kind, key);
  }

  private static @Nullable String shown(@Nullable Entry entry) {
    return entry instanceof Put put ? put.value().toString() : null;
  }
}
