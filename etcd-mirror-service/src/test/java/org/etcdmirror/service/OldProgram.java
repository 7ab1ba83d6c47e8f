package org.etcdmirror.service;

import java.util.Map;
import org.etcdmirror.testkit.etcd.V2Http;

/**
 * What the program etcdmirror 0.0.12 does to its target, as it was seen between two real servers:
 * it writes a key and then the index, a plain number in a key that must exist.
 */
final class OldProgram {

  private final V2Http target;
  private final String indexKey;

  OldProgram(V2Http target, String indexKey) {
    this.target = target;
    this.indexKey = indexKey;
  }

  /** Its first start, with {@code --reload}. */
  void loads(String key, String value, long index) {
    target.put(key, value);
    target.put(indexKey, Long.toString(index));
  }

  /** An event of the source. */
  void replicates(String key, String value, long index) {
    target.put(key, value);
    V2Http.Response stored =
        target.put(indexKey, Map.of("value", Long.toString(index), "prevExist", "true"));
    if (stored.status() != 200) {
      throw new AssertionError("the old program would end here: " + stored);
    }
  }

  /** The index from which it continues when it starts. */
  long startsAt() {
    return Long.parseLong(target.get(indexKey, "").json().at("/node/value").textValue());
  }
}
