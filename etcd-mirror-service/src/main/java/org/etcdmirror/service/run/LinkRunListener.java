package org.etcdmirror.service.run;

import org.jspecify.annotations.Nullable;

/**
 * Is told which links a process runs. Called by one thread at a time. All methods do nothing by
 * default.
 */
public interface LinkRunListener {

  /** A link was made, and is about to be started. */
  default void onAdded(RunningLink link) {}

  /** A link was closed, and is no longer in the configuration or replaced. */
  default void onRemoved(RunningLink link) {}

  /** The configuration was read again, and links are about to be stopped and started. */
  default void onReloading() {}

  /**
   * The configuration was read again, and all is done about it.
   *
   * @param error why nothing was changed; null if it was taken over
   */
  default void onReload(@Nullable String error) {}
}
