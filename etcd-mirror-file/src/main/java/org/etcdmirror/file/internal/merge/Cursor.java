package org.etcdmirror.file.internal.merge;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Changes in the order {@link Numbered#BY_KEY}. */
@FunctionalInterface
interface Cursor {

  /** The next change; null after the last one. */
  @Nullable Numbered next() throws IOException;
}
