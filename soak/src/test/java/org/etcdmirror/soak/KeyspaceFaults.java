package org.etcdmirror.soak;

import static org.etcdmirror.soak.V3Gateway.object;

import java.time.Duration;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;

/** What happens to the data of a side. */
final class KeyspaceFaults {

  private static final Duration RECORDING = Duration.ofSeconds(10);

  private KeyspaceFaults() {}

  /** Forgets history, of a source no more than was recorded. */
  static End compact(Stage stage, Step step) throws Exception {
    if (!(step.keyspace(stage) instanceof V3Gateway keys)) {
      throw new UnsuitableException("v2 has no compaction");
    }
    long revision = keys.revision() - step.amount() / 10;
    if (step.onSource() && !stage.history().reaches(revision, RECORDING)) {
      revision = stage.history().newest();
    }
    keys.ask("/v3/kv/compaction", object().put("revision", Long.toString(revision)));
    return End.NOTHING;
  }
}
