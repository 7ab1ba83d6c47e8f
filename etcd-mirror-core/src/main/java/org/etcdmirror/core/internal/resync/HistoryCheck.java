package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** Whether a source is still of the history that an index belongs to. */
public final class HistoryCheck {

  /** A look at the source's anchor, which costs requests and so comes last. */
  @FunctionalInterface
  public interface AnchorLook {
    boolean isBroken() throws IOException, InterruptedException;
  }

  private HistoryCheck() {}

  /**
   * Why it is not; null if nothing speaks against it.
   *
   * @param clusterId the cluster that the index is of; null if it was not recorded
   */
  public static Gap.@Nullable Reason difference(
      long index, @Nullable String clusterId, SourceHead head, AnchorLook anchor)
      throws IOException, InterruptedException {
    if (clusterId != null && !clusterId.equals(head.clusterId())) {
      return Gap.Reason.CLUSTER_REPLACED;
    }
    if (head.index() < index) {
      return Gap.Reason.INDEX_WENT_BACKWARDS;
    }
    return anchor.isBroken() ? Gap.Reason.CLUSTER_REPLACED : null;
  }
}
