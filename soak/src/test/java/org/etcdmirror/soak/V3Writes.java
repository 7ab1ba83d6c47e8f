package org.etcdmirror.soak;

import static org.etcdmirror.soak.V3Gateway.object;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Each kind of write of the v3 API, in the scope and outside of it. */
final class V3Writes implements Writes {

  private static final int BIG = 40_000;
  private static final int MOST_OPERATIONS = 120;

  private final V3Gateway source;
  private final Attempts attempts;
  private final Random random;
  private final boolean anyBytes;
  private final List<String> leases = new ArrayList<>();

  /**
   * Writes in an order of the random numbers.
   *
   * @param anyBytes whether keys and values may be what a v2 sink cannot hold
   */
  V3Writes(V3Gateway source, Attempts attempts, Random random, boolean anyBytes) {
    this.source = source;
    this.attempts = attempts;
    this.random = random;
    this.anyBytes = anyBytes;
  }

  @Override
  public void next() throws IOException {
    int kind = random.nextInt(100);
    if (kind < 35) {
      ask("/v3/kv/put", put(key(), text()));
    } else if (kind < 46) {
      ask("/v3/kv/deleterange", object().put("key", source.bytes(key())));
    } else if (kind < 56) {
      transaction(2 + random.nextInt(12), text());
    } else if (kind < 58) {
      transaction(MOST_OPERATIONS, text());
    } else if (kind < 62) {
      deletePrefix();
    } else if (kind < 70) {
      putOnLease();
    } else if (kind < 74) {
      endLease();
    } else if (kind < 76) {
      keepAlive();
    } else if (kind < 82) {
      compareAndSwap();
    } else if (kind < 84) {
      ask("/v3/kv/put", put(key(), "x".repeat(BIG)));
    } else if (kind < 87) {
      keepLeaseOrValue();
    } else if (kind < 95) {
      ask("/v3/kv/put", put("/other/" + random.nextInt(20), text()));
    } else {
      ask("/v3/kv/put", put(Scope.PREFIX + Scope.PRIVATE + random.nextInt(5), text()));
    }
  }

  private String key() {
    if (anyBytes && random.nextInt(8) == 0) {
      return Scope.PREFIX + (char) (0x80 + random.nextInt(0x80)) + '\0' + random.nextInt(3);
    }
    return Scope.PREFIX + "abc".charAt(random.nextInt(3)) + "/k" + random.nextInt(40);
  }

  private String text() {
    return anyBytes && random.nextInt(5) == 0 ? "\u00ff\u0000\u0080" : "v";
  }

  private ObjectNode put(String key, String text) {
    return object()
        .put("key", source.bytes(key))
        .put("value", source.bytes(attempts.value(key, text)));
  }

  private void transaction(int size, String text) throws IOException {
    ArrayNode writes = V3Gateway.JSON.createArrayNode();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < size; i++) {
      String key = random.nextInt(10) == 0 ? "/other/" + i : key();
      if (keys.add(key)) {
        writes.add(
            random.nextInt(4) == 0
                ? object().set("request_delete_range", object().put("key", source.bytes(key)))
                : object().set("request_put", put(key, text)));
      }
    }
    ask("/v3/kv/txn", object().set("success", writes));
  }

  private void deletePrefix() throws IOException {
    String prefix = Scope.PREFIX + "abc".charAt(random.nextInt(3)) + "/k" + (1 + random.nextInt(4));
    String end =
        prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1);
    ask(
        "/v3/kv/deleterange",
        object().put("key", source.bytes(prefix)).put("range_end", source.bytes(end)));
  }

  private void putOnLease() throws IOException {
    String lease =
        source
            .ask("/v3/lease/grant", object().put("TTL", Integer.toString(2 + random.nextInt(8))))
            .path("ID")
            .asText();
    leases.add(lease);
    for (int i = random.nextInt(3); i >= 0; i--) {
      ask("/v3/kv/put", put(key(), "leased").put("lease", lease));
    }
  }

  private void endLease() throws IOException {
    if (!leases.isEmpty()) {
      ask("/v3/lease/revoke", object().put("ID", leases.remove(0)));
    }
  }

  private void keepAlive() throws IOException {
    if (!leases.isEmpty()) {
      ask("/v3/lease/keepalive", object().put("ID", leases.get(leases.size() - 1)));
    }
  }

  private void compareAndSwap() throws IOException {
    String key = key();
    ObjectNode isThere =
        object()
            .put("key", source.bytes(key))
            .put("target", "VERSION")
            .put("result", "GREATER")
            .put("version", "0");
    ObjectNode question = object();
    question.putArray("compare").add(isThere);
    question.putArray("success").add(object().set("request_put", put(key, "swapped")));
    question.putArray("failure").add(object().set("request_put", put(key, "made")));
    ask("/v3/kv/txn", question);
  }

  private void keepLeaseOrValue() throws IOException {
    String key = key();
    if (random.nextBoolean()) {
      ask("/v3/kv/put", put(key, "v").put("ignore_lease", true));
    } else {
      ask("/v3/kv/put", object().put("key", source.bytes(key)).put("ignore_value", true));
    }
  }

  /** A refusal is an answer, for example that a lease has ended. */
  private void ask(String path, ObjectNode question) throws IOException {
    try {
      source.ask(path, question);
    } catch (V3Gateway.RefusedException refused) {
      // Not written.
    }
  }
}
