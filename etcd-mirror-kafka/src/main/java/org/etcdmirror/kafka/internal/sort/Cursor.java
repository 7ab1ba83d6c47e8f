package org.etcdmirror.kafka.internal.sort;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sorted records, read once. */
@FunctionalInterface
interface Cursor {

  /** The next one; null after the last one. */
  @Nullable Found next() throws IOException;
}
