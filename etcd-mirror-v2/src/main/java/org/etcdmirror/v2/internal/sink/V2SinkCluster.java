package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.util.function.Supplier;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.read.V2Head;
import org.etcdmirror.v2.internal.watch.V2AnchorCheck;

/**
 * The head of a sink's cluster.
 *
 * @param path where the sink may read
 */
public record V2SinkCluster(V2Client client, Supplier<String> path) implements SinkCluster {

  @Override
  public SourceHead head() throws IOException, InterruptedException {
    SourceHead head = V2Head.read(client, path.get());
    client.written().clusterAt(head.index());
    return head;
  }

  @Override
  public boolean hasWritten(long index) {
    return client.written().contains(index);
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return V2AnchorCheck.check(client, anchor, null);
  }
}
