package org.etcdmirror.v2;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * What is stored beside an index.
 *
 * @param clusterId the source's cluster, or null
 * @param scope the fingerprint of the scope, or null
 * @param savedAt when this was written, on the mirror's clock
 * @param owner the store that wrote it
 */
record V2Meta(@Nullable String clusterId, @Nullable String scope, Instant savedAt, String owner) {

  /**
   * Reads it.
   *
   * @throws PermanentException if it is something else; {@code key} names it
   */
  static V2Meta parse(String json, String key) {
    try (JsonParser parser = V2Json.FACTORY.createParser(json)) {
      Map<String, String> fields = new HashMap<>();
      V2Json.expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING) {
          fields.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      String savedAt = Objects.requireNonNullElse(fields.get("savedAt"), "");
      String owner = Objects.requireNonNullElse(fields.get("owner"), "");
      return new V2Meta(
          fields.get("clusterId"), fields.get("scope"), Instant.parse(savedAt), owner);
    } catch (IOException | DateTimeException e) {
      throw new PermanentException(
          "%s holds '%s', which does not describe an index".formatted(key, V2Json.abbreviate(json)),
          e);
    }
  }

  /** Whether the two differ at most in when they were written. */
  boolean saysTheSame(V2Meta other) {
    return Objects.equals(clusterId, other.clusterId)
        && Objects.equals(scope, other.scope)
        && owner.equals(other.owner);
  }

  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = V2Json.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("clusterId", clusterId);
      json.writeStringField("scope", scope);
      json.writeStringField("savedAt", savedAt.toString());
      json.writeStringField("owner", owner);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
