package org.etcdmirror.service.doctor;

import java.io.IOException;

/** Looks at one thing that a link needs. */
interface Check {

  /** The name, for example {@code sink rights}. */
  String name();

  /**
   * Adds at least one finding.
   *
   * @throws IOException if it cannot be checked
   */
  void run(Findings findings) throws IOException, InterruptedException;
}
