package org.etcdmirror.fuzz;

import java.net.URI;
import java.util.SplittableRandom;

/** Stands before a real etcd, and damages some of its answers. */
interface HostileServer extends AutoCloseable {

  /** The address for clients. */
  URI url();

  /**
   * From now on, answers are damaged.
   *
   * @param choices decides which, and how
   * @param oneOf about one of so many is damaged
   */
  void damage(SplittableRandom choices, int oneOf);

  /** From now on, no answer is damaged. */
  void stop();

  /** The number of answers that were damaged. */
  int damaged();

  @Override
  void close();
}
