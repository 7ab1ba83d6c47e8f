package org.etcdmirror.soak;

import java.io.IOException;
import java.util.Map;

/**
 * One API of a cluster, as the run itself uses it: past the proxies, at whatever member answers.
 */
interface Keyspace {

  /**
   * All that a cluster held at one moment.
   *
   * @param index the store's index or revision of that moment
   * @param values by key; a directory of v2 ends in a slash and has an empty value
   */
  record Content(long index, Map<String, String> values) {}

  /** Reads all with the agreement of the cluster. */
  Content read() throws IOException;

  /** Sets one key. */
  void put(String key, String value) throws IOException;
}
