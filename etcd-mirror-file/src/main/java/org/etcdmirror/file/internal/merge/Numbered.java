package org.etcdmirror.file.internal.merge;

import java.util.Comparator;
import org.etcdmirror.file.internal.format.Change;

/**
 * A change, and the order in which it happened. What a snapshot holds has the number 0.
 *
 * @param change the change
 * @param number the greater, the later
 */
record Numbered(Change change, long number) {

  /** By key, and of each key in the order in which it happened. */
  static final Comparator<Numbered> BY_KEY =
      Comparator.comparing((Numbered one) -> one.change().key())
          .thenComparingLong(Numbered::number);
}
