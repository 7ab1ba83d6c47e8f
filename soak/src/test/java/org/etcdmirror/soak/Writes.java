package org.etcdmirror.soak;

import java.io.IOException;

/** What an application does with one API, each time something else. */
interface Writes {

  /**
   * One write, or several in one.
   *
   * @throws IOException if it was refused or not answered
   */
  void next() throws IOException;
}
