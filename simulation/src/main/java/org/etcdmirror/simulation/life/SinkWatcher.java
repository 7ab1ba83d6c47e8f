package org.etcdmirror.simulation.life;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.v3.rpc.KeyValue;

/** Looks at a v3 sink after each write of a mirror. */
final class SinkWatcher implements Runnable {

  private static final ByteString CHECKPOINT =
      ByteString.copyFromUtf8("/__replication/" + LinkDesign.LINK);

  private final Scheduler scheduler = Scheduler.current();
  private final V3Cluster sink;
  private final List<WriteCheck> checks;

  SinkWatcher(V3Cluster sink, List<WriteCheck> checks) {
    this.sink = sink;
    this.checks = checks;
  }

  @Override
  public void run() {
    V3Store store = sink.store();
    StoredCheckpoint stored = stored(store);
    if (Boolean.getBoolean("simulation.revisions")) {
      scheduler.note("sink %d: %s".formatted(store.revision(), stored));
    }
    checks.forEach(check -> check.afterWrite(store, stored));
  }

  private static StoredCheckpoint stored(V3Store store) {
    KeyValue found = store.keys(store.revision()).get(CHECKPOINT);
    return found == null
        ? StoredCheckpoint.NONE
        : StoredCheckpoint.parse(found.getValue().toStringUtf8());
  }
}
