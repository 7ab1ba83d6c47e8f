package org.etcdmirror.pairings.matrix;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Passes a mirror's requests on to a real etcd, and springs a {@link Trap} by what they are for.
 */
interface Tap extends AutoCloseable {

  URI url();

  /** From now on this trap is set; null for none. */
  void set(@Nullable Trap next);

  @Override
  void close();
}
