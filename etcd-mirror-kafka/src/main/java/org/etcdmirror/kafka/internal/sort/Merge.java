package org.etcdmirror.kafka.internal.sort;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Several sorted cursors as one, which gives the last record of each key. */
final class Merge implements Cursor {

  /** A cursor and its first record. */
  private record Head(Found first, Cursor rest) {}

  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparing(Head::first, Found.ORDER));

  Merge(List<Cursor> cursors) throws IOException {
    for (Cursor cursor : cursors) {
      add(cursor);
    }
  }

  private void add(Cursor cursor) throws IOException {
    Found first = cursor.next();
    if (first != null) {
      heads.add(new Head(first, cursor));
    }
  }

  @Override
  public @Nullable Found next() throws IOException {
    Found last = poll();
    while (last != null && !heads.isEmpty() && isSameKey(last, requireNonNull(heads.peek()))) {
      last = poll();
    }
    return last;
  }

  private static boolean isSameKey(Found one, Head other) {
    return one.key().equals(other.first.key());
  }

  private @Nullable Found poll() throws IOException {
    Head head = heads.poll();
    if (head == null) {
      return null;
    }
    add(head.rest);
    return head.first;
  }
}
