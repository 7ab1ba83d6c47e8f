package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.testkit.etcd.Http;

/** The v3 API of a cluster through its JSON gateway. Keys and values are text in one charset. */
final class V3Gateway implements Keyspace {

  static final ObjectMapper JSON = new ObjectMapper();

  private final Members members;
  private final Charset charset;

  /**
   * A client.
   *
   * @param charset ISO 8859-1 makes a text of any bytes
   */
  V3Gateway(List<URI> urls, Charset charset) {
    this.members = new Members(urls);
    this.charset = charset;
  }

  @Override
  public Content read() throws IOException {
    JsonNode answer = ask("/v3/kv/range", object().put("key", "AA==").put("range_end", "AA=="));
    Map<String, String> values = new TreeMap<>();
    for (JsonNode kv : answer.path("kvs")) {
      values.put(text(kv.path("key")), text(kv.path("value")));
    }
    return new Content(revision(answer), values);
  }

  @Override
  public void put(String key, String value) throws IOException {
    ask("/v3/kv/put", object().put("key", bytes(key)).put("value", bytes(value)));
  }

  /** The newest revision. */
  long revision() throws IOException {
    return revision(ask("/v3/kv/range", object().put("key", "AA==").put("count_only", true)));
  }

  /** A request to whatever member answers. */
  JsonNode ask(String path, ObjectNode question) throws IOException {
    Http.Answer answer = members.ask("POST", path, question.toString(), "application/json");
    if (answer.status() != 200) {
      throw new RefusedException(path + " answered " + answer.status() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** The server said no. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  String bytes(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(charset));
  }

  String text(JsonNode base64) {
    return new String(Base64.getDecoder().decode(base64.asText()), charset);
  }

  private static long revision(JsonNode answer) {
    return answer.at("/header/revision").asLong();
  }
}
