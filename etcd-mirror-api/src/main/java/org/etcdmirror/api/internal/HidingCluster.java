package org.etcdmirror.api.internal;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;

/** A cluster whose reads leave out hidden keys. */
public interface HidingCluster {

  /**
   * The result of a search.
   *
   * @param found some of the hidden keys
   * @param from the first index that was looked at
   * @param to the last index that was looked at
   */
  record Search(List<String> found, long from, long to) {}

  /** Looks for hidden keys under the prefixes in what is left of history, for a limited time. */
  Search findHidden(List<Bytes> prefixes) throws IOException, InterruptedException;
}
