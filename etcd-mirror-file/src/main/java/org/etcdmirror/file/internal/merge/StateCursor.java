package org.etcdmirror.file.internal.merge;

import java.io.IOException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.format.Change;
import org.jspecify.annotations.Nullable;

/**
 * The entries that changes lead to, in key order, and each deleted directory, whether something is
 * in it or not. Holds the changes of no more than one key.
 */
final class StateCursor implements MergedState.Entries {

  private final KeyModel keyModel;
  private final Cursor changes;

  /** Deleted trees, with the number of the last delete. */
  private final Tops<Long> deleted = new Tops<>();

  private @Nullable Numbered head;

  StateCursor(KeyModel keyModel, Cursor changes) throws IOException {
    this.keyModel = keyModel;
    this.changes = changes;
    this.head = changes.next();
  }

  @Override
  public @Nullable Change next() throws IOException {
    while (head != null) {
      Bytes key = head.change().key();
      Change entry = fold(key, deletedAfter(key));
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  /** The number of the last delete of a tree that the key lies in; -1 if there was none. */
  private long deletedAfter(Bytes key) {
    long last = -1;
    for (Tops.Top<Long> top : deleted.above(key)) {
      last = Math.max(last, top.value());
    }
    return last;
  }

  private @Nullable Change fold(Bytes key, long deletedAfter) throws IOException {
    KeyState state = new KeyState(keyModel);
    long tree = -1;
    Numbered next = head;
    while (next != null && next.change().key().equals(key)) {
      if (next.number() > deletedAfter && state.apply(next.change())) {
        tree = next.number();
      }
      next = changes.next();
    }
    head = next;
    if (tree > 0) {
      deleted.add(key, tree);
    }
    return state.entry();
  }
}
