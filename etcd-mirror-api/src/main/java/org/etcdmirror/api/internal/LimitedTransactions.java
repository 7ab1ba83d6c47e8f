package org.etcdmirror.api.internal;

import java.io.IOException;
import org.etcdmirror.api.Bytes;

/** A cluster whose transactions hold a limited number of operations. */
public interface LimitedTransactions {

  /**
   * Returns whether the servers accept a transaction of so many operations. It only reads.
   *
   * @param key a key that the user may read
   */
  boolean acceptOperations(int count, Bytes key) throws IOException, InterruptedException;
}
