package org.etcdmirror.soak;

import static org.etcdmirror.soak.V3Gateway.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;

/** What happens to the data of a side. */
final class KeyspaceFaults {

  private static final Duration RECORDING = Duration.ofSeconds(10);

  private KeyspaceFaults() {}

  /** Forgets history, of a source no more than was recorded. */
  static End compact(Stage stage, Step step) throws Exception {
    V3Gateway keys = v3(stage, step);
    long revision = keys.revision() - step.amount() / 10;
    if (step.onSource() && !stage.history().reaches(revision, RECORDING)) {
      revision = stage.history().newest();
    }
    keys.ask("/v3/kv/compaction", object().put("revision", Long.toString(revision)));
    return End.NOTHING;
  }

  /** The alarm of a full quota: deletes alone are taken. */
  static End noSpace(Stage stage, Step step) throws Exception {
    V3Gateway keys = v3(stage, step);
    String member = keys.ask("/v3/maintenance/status", object()).at("/header/member_id").asText();
    keys.ask("/v3/maintenance/alarm", alarm("ACTIVATE", member));
    return () -> keys.ask("/v3/maintenance/alarm", alarm("DEACTIVATE", member));
  }

  private static ObjectNode alarm(String action, String member) {
    return object().put("action", action).put("memberID", member).put("alarm", "NOSPACE");
  }

  /** The side, if it is v3. */
  static V3Gateway v3(Stage stage, Step step) throws UnsuitableException {
    if (step.keyspace(stage) instanceof V3Gateway keys) {
      return keys;
    }
    throw new UnsuitableException("v2 has no such thing");
  }
}
