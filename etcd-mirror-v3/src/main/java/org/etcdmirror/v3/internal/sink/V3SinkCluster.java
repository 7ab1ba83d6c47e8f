package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.WrittenIndexes;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.read.AnchorCheck;

/** The head of a sink's cluster. */
public final class V3SinkCluster implements SinkCluster {

  private final V3Client client;
  private final SinkFence fence;
  private final WrittenIndexes written = new WrittenIndexes();

  public V3SinkCluster(V3Client client, SinkFence fence) {
    this.client = client;
    this.fence = fence;
  }

  /** The revisions of the sink's transactions, data and checkpoints alike. */
  public WrittenIndexes written() {
    return written;
  }

  @Override
  public SourceHead head() throws IOException, InterruptedException {
    SourceHead head = fence.head();
    written.clusterAt(head.index());
    return head;
  }

  @Override
  public boolean hasWritten(long index) {
    return written.contains(index);
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return new AnchorCheck(client, anchor).run();
  }
}
