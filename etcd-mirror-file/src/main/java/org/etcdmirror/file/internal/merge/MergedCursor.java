package org.etcdmirror.file.internal.merge;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Several sorted cursors as one. */
final class MergedCursor implements Cursor {

  /** A cursor and its first change. */
  private record Head(Numbered first, Cursor rest) {}

  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparing(Head::first, Numbered.BY_KEY));

  MergedCursor(List<Cursor> cursors) throws IOException {
    for (Cursor cursor : cursors) {
      add(cursor);
    }
  }

  private void add(Cursor cursor) throws IOException {
    Numbered first = cursor.next();
    if (first != null) {
      heads.add(new Head(first, cursor));
    }
  }

  @Override
  public @Nullable Numbered next() throws IOException {
    if (heads.isEmpty()) {
      return null;
    }
    Head head = requireNonNull(heads.poll());
    add(head.rest());
    return head.first();
  }
}
