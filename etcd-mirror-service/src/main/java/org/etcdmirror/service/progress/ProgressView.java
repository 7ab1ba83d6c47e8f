package org.etcdmirror.service.progress;

import org.etcdmirror.core.TaskProgress;
import org.jspecify.annotations.Nullable;

/** Shows how far a task is. Used by one thread, but may be closed by another. */
interface ProgressView extends AutoCloseable {

  /** Shows how far it is now; null if no task runs. Called about once a second. */
  void show(@Nullable TaskProgress now);

  /** Shows nothing from now on. */
  @Override
  default void close() {}
}
