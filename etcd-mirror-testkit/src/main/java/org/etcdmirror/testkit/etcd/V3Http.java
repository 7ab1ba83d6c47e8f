package org.etcdmirror.testkit.etcd;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A tiny client of etcd's v3 API through its JSON gateway, so that it shares no code with the
 * product, for tests to write and to look with. Each request has a connection of its own, and
 * throws {@link UncheckedIOException} if there is no answer. What a busy server did not answer in
 * its own time (etcd 3.4 and 3.5, 7 s) is asked again, for up to three minutes. So a write may
 * happen twice, the second time long after the answer; {@link #withoutRepeats} is for tests to
 * which that matters. Safe for use by many threads.
 */
public final class V3Http {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final URI server;
  private final @Nullable Login login;
  private final boolean repeats;
  private volatile @Nullable String token;

  private record Login(String user, String password) {}

  /**
   * A client.
   *
   * @param server where etcd is, {@code http://HOST:PORT}
   */
  public V3Http(URI server) {
    this(requireNonNull(server, "server"), null, true);
  }

  private V3Http(URI server, @Nullable Login login, boolean repeats) {
    this.server = server;
    this.login = login;
    this.repeats = repeats;
  }

  /**
   * The same without repeats: what the server did not answer in its time fails with {@link
   * IllegalStateException}, and may still be carried out.
   */
  public V3Http withoutRepeats() {
    V3Http client = new V3Http(server, login, false);
    client.token = token;
    return client;
  }

  /** The same as a user, who logs in again where the server has forgotten the token. */
  public V3Http as(String user, String password) {
    Login login = new Login(user, password);
    V3Http client = new V3Http(server, login, repeats);
    client.logIn(login);
    return client;
  }

  private void logIn(Login who) {
    token = null;
    ObjectNode question = object().put("name", who.user()).put("password", who.password());
    token = ask("/v3/auth/authenticate", question).path("token").asText();
  }

  /**
   * Makes the user and role {@code root} and switches authentication on.
   *
   * @return a client that is root
   */
  public V3Http enableAuth(String rootPassword) {
    ask("/v3/auth/role/add", object().put("name", "root"));
    user("root", rootPassword, "root");
    ask("/v3/auth/enable", object());
    return as("root", rootPassword);
  }

  /** Adds a user with roles that are there. */
  public void user(String name, String password, String... roles) {
    ask("/v3/auth/user/add", object().put("name", name).put("password", password));
    for (String role : roles) {
      ask("/v3/auth/user/grant", object().put("user", name).put("role", role));
    }
  }

  /** Gives a user another password; its tokens are good no longer. */
  public void changePassword(String user, String password) {
    ask("/v3/auth/user/changepw", object().put("name", user).put("password", password));
  }

  /** Adds a role without permissions. */
  public void role(String name) {
    ask("/v3/auth/role/add", object().put("name", name));
  }

  /** Grants a role {@code READ}, {@code WRITE} or {@code READWRITE} on the keys with a prefix. */
  public void grantPrefix(String role, String permission, String prefix) {
    grant(role, range(Bytes.utf8(prefix)).put("permType", permission));
  }

  /** Grants a role {@code READ}, {@code WRITE} or {@code READWRITE} on one key. */
  public void grantKey(String role, String permission, String key) {
    grant(role, object().put("key", base64(Bytes.utf8(key))).put("permType", permission));
  }

  /** Takes from a role what was granted on the keys with a prefix. */
  public void revokePrefix(String role, String prefix) {
    ObjectNode range = range(Bytes.utf8(prefix));
    ask("/v3/auth/role/revoke", range.put("role", role));
  }

  private void grant(String role, ObjectNode permission) {
    ask("/v3/auth/role/grant", object().put("name", role).set("perm", permission));
  }

  /** One write of a {@linkplain #commit transaction}. */
  public static final class Write {

    private final String kind;
    private final ObjectNode fields;

    private Write(String kind, ObjectNode fields) {
      this.kind = kind;
      this.fields = fields;
    }

    /** Sets a key. */
    public static Write put(Bytes key, Bytes value) {
      return new Write("request_put", object().put("key", base64(key)).put("value", base64(value)));
    }

    /** Deletes a key. */
    public static Write delete(Bytes key) {
      return new Write("request_delete_range", object().put("key", base64(key)));
    }
  }

  /** Sets a key to a text; the revision of the write. */
  public long put(String key, String value) {
    return commit(List.of(Write.put(Bytes.utf8(key), Bytes.utf8(value))));
  }

  /** Deletes a key; the newest revision, also if there was none. */
  public long delete(String key) {
    return commit(List.of(Write.delete(Bytes.utf8(key))));
  }

  /** Writes all in one transaction; returns the newest revision. */
  public long commit(List<Write> writes) {
    ArrayNode success = JSON.createArrayNode();
    writes.forEach(write -> success.add(object().set(write.kind, write.fields)));
    return revision(askAgain("/v3/kv/txn", object().set("success", success)));
  }

  /** Deletes every key with the prefix in one revision; the newest revision. */
  public long deletePrefix(String prefix) {
    return revision(askAgain("/v3/kv/deleterange", range(Bytes.utf8(prefix))));
  }

  /** The newest revision. */
  public long revision() {
    return revision(askAgain("/v3/kv/range", object().put("key", base64(Bytes.utf8("r")))));
  }

  /** Makes a lease that ends by itself after a time, and returns its number. */
  public String grantLease(int seconds) {
    return ask("/v3/lease/grant", object().put("TTL", Integer.toString(seconds)))
        .path("ID")
        .asText();
  }

  /** Ends a lease, as its time would; its keys go at once. */
  public void revokeLease(String lease) {
    ask("/v3/lease/revoke", object().put("ID", lease));
  }

  /** Sets a key that goes with a lease; returns the revision. */
  public long put(String key, String value, String lease) {
    ObjectNode question =
        object()
            .put("key", base64(Bytes.utf8(key)))
            .put("value", base64(Bytes.utf8(value)))
            .put("lease", lease);
    return revision(askAgain("/v3/kv/put", question));
  }

  /** Forgets the history before a revision. */
  public void compact(long revision) {
    ask("/v3/kv/compaction", object().put("revision", Long.toString(revision)));
  }

  /** Raises the alarm of a full quota, or ends it; until then the server takes only deletes. */
  public void alarmNoSpace(boolean on) {
    String member = ask("/v3/maintenance/status", object()).at("/header/member_id").asText();
    ask(
        "/v3/maintenance/alarm",
        object()
            .put("action", on ? "ACTIVATE" : "DEACTIVATE")
            .put("memberID", member)
            .put("alarm", "NOSPACE"));
  }

  /** Reads the values of the keys with a prefix; the empty prefix means all keys. */
  public SortedMap<Bytes, Bytes> values(String prefix) {
    TreeMap<Bytes, Bytes> values = new TreeMap<>();
    for (JsonNode kv : askAgain("/v3/kv/range", range(Bytes.utf8(prefix))).path("kvs")) {
      values.put(bytes(kv.path("key")), bytes(kv.path("value")));
    }
    return values;
  }

  /** The revision that changed a key last; 0 if there is no such key. */
  public long modRevision(String key) {
    return askAgain("/v3/kv/range", object().put("key", base64(Bytes.utf8(key))))
        .at("/kvs/0/mod_revision")
        .asLong();
  }

  private static ObjectNode range(Bytes prefix) {
    if (prefix.isEmpty()) {
      return object().put("key", "AA==").put("range_end", "AA==");
    }
    byte[] end = prefix.toByteArray();
    // Prefixes in tests end in a plain letter or a slash, so that there is a next byte.
    end[end.length - 1]++;
    return object().put("key", base64(prefix)).put("range_end", base64(Bytes.of(end)));
  }

  private static long revision(JsonNode answer) {
    return answer.at("/header/revision").asLong();
  }

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static Bytes bytes(JsonNode base64) {
    return Bytes.of(Base64.getDecoder().decode(base64.asText()));
  }

  private static boolean isTimeOut(Http.Answer answer) {
    return answer.status() == 503 && answer.body().contains("etcdserver: request timed out");
  }

  private Http.Answer request(String path, JsonNode question) throws IOException {
    return Http.request(
        "POST", server.resolve(path), question.toString(), "application/json", token, PATIENCE);
  }

  private JsonNode ask(String path, JsonNode question) {
    return ask(path, question, false);
  }

  /** For what may happen twice. */
  private JsonNode askAgain(String path, JsonNode question) {
    return ask(path, question, repeats);
  }

  private JsonNode ask(String path, JsonNode question, boolean again) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      Http.Answer answer = request(path, question);
      if (answer.status() == 401 && login != null && token != null) {
        logIn(login);
        answer = request(path, question);
      }
      while (again && isTimeOut(answer) && System.nanoTime() < end) {
        answer = request(path, question);
      }
      if (answer.status() != 200) {
        throw new IllegalStateException(
            path + " answered " + answer.status() + ": " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(path + " did not answer in JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
