package org.etcdmirror.core.internal.side;

import java.io.IOException;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;

/** The cluster of a sink; its failures name the sink. */
record SideCluster(SinkCluster cluster) implements SinkCluster {

  @Override
  public SourceHead head() throws IOException, InterruptedException {
    return Side.SINK.call(cluster::head);
  }

  @Override
  public boolean hasWritten(long index) {
    return cluster.hasWritten(index);
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return Side.SINK.call(() -> cluster.check(anchor));
  }
}
