package org.etcdmirror.api.internal;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about a cluster that only its API can answer, for a check before a mirror is
 * started. Changes no key. For one thread.
 */
public interface ClusterInspector extends AutoCloseable {

  /** The rights that the user lacks to follow these prefixes. */
  List<MissingRight> missingToRead(List<Bytes> prefixes) throws IOException, InterruptedException;

  /**
   * The rights that the user lacks to write a link.
   *
   * @param prefixes what the link writes to
   * @param link the name of the link, which says where its index is stored
   * @param indexKey the key that was chosen for the index; null for the one made from the name
   */
  List<MissingRight> missingToWrite(List<Bytes> prefixes, String link, @Nullable Bytes indexKey)
      throws IOException, InterruptedException;

  /** The rights that the user lacks, besides those to write the link, to be one of its members. */
  List<MissingRight> missingToLead(String link) throws IOException, InterruptedException;

  /** The rights that the user lacks to see the indexes of the links that write to the cluster. */
  List<MissingRight> missingToSeeLinks() throws IOException, InterruptedException;

  @Override
  void close();
}
