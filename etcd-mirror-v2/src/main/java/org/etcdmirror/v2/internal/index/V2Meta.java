package org.etcdmirror.v2.internal.index;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The metadata beside an index.
 *
 * @param clusterId the source's cluster, or null
 * @param scope the fingerprint of the scope, or null
 * @param savedAt when this was written, on the mirror's clock
 * @param owner the store that wrote it
 * @param notes the checkpoint's notes
 */
public record V2Meta(
    @Nullable String clusterId,
    @Nullable String scope,
    Instant savedAt,
    String owner,
    Map<String, String> notes) {

  /** A note that changes with each batch, and tells the truth also when it is an older one. */
  private static final String ANCHOR = "anchor";

  private static final String LASTING_ANCHOR = "anchor-lasting";

  /** Another such note. */
  private static final String LAST_CHANGE = "last-change";

  /** The longest age of such a note, and of the time, while checkpoints are saved. */
  private static final Duration OLDEST = Duration.ofSeconds(10);

  private static final String NOTES = "notes";

  /** In characters. A client that may write the key may write any text there, up to 10 MiB. */
  private static final int LONGEST = 2 << 20;

  /** With Jackson's own bound of depth: each level takes memory, and a description has two. */
  private static final JsonFactory BOUNDED =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LONGEST).maxNestingDepth(10).build())
          .build();

  /** The metadata of {@code checkpoint}. */
  public static V2Meta of(Checkpoint checkpoint, String owner) {
    return new V2Meta(
        checkpoint.clusterId(),
        checkpoint.scope(),
        checkpoint.savedAt(),
        owner,
        checkpoint.notes());
  }

  /** The checkpoint of which this describes the index. */
  Checkpoint checkpoint(long index) {
    return new Checkpoint(index, clusterId, scope, savedAt, 0, notes);
  }

  /**
   * Reads it.
   *
   * @throws PermanentException if it is something else; {@code key} names it
   */
  public static V2Meta parse(String json, String key) {
    if (json.length() > LONGEST) {
      throw new PermanentException(
          "%s is too long to describe an index: %d characters, '%s'; delete it to copy again"
              .formatted(key, json.length(), V2Json.abbreviate(json)));
    }
    try (JsonParser parser = BOUNDED.createParser(json)) {
      V2Json.expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
      Map<String, String> notes = new HashMap<>();
      Map<String, String> fields = texts(parser, notes);
      String savedAt = Objects.requireNonNullElse(fields.get("savedAt"), "");
      String owner = Objects.requireNonNullElse(fields.get("owner"), "");
      V2Meta meta =
          new V2Meta(
              fields.get("clusterId"), fields.get("scope"), Instant.parse(savedAt), owner, notes);
      // Names that are none are found here, where the key can be named.
      return of(meta.checkpoint(0), owner);
    } catch (IOException | DateTimeException | IllegalArgumentException e) {
      throw new PermanentException(
          "%s does not describe an index: '%s'; correct it by hand, or delete it to copy again"
              .formatted(key, V2Json.abbreviate(json)),
          e);
    }
  }

  /**
   * The fields of text of an object; those of its notes go to {@code notes}, if it may have any.
   */
  private static Map<String, String> texts(JsonParser parser, @Nullable Map<String, String> notes)
      throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (notes != null && name.equals(NOTES)) {
        V2Json.expect(parser, token, JsonToken.START_OBJECT);
        notes.putAll(texts(parser, null));
      } else if (token == JsonToken.VALUE_STRING) {
        fields.put(name, parser.getText());
      } else if (notes == null) {
        throw new V2ProtocolException("note '%s' is not text".formatted(name));
      } else {
        parser.skipChildren();
      }
    }
    return fields;
  }

  /** Whether what {@code other} says besides can wait: no more than a new time and anchor. */
  public boolean isFreshEnoughFor(V2Meta other) {
    return Objects.equals(clusterId, other.clusterId)
        && Objects.equals(scope, other.scope)
        && owner.equals(other.owner)
        && withoutAnchor(notes).equals(withoutAnchor(other.notes))
        && notes.containsKey(ANCHOR) == other.notes.containsKey(ANCHOR)
        && Duration.between(savedAt, other.savedAt).abs().compareTo(OLDEST) < 0;
  }

  private static Map<String, String> withoutAnchor(Map<String, String> notes) {
    Map<String, String> others = new HashMap<>(notes);
    others.remove(ANCHOR);
    others.remove(LASTING_ANCHOR);
    others.remove(LAST_CHANGE);
    return others;
  }

  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = V2Json.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("clusterId", clusterId);
      json.writeStringField("scope", scope);
      json.writeStringField("savedAt", savedAt.toString());
      json.writeStringField("owner", owner);
      if (!notes.isEmpty()) {
        json.writeObjectFieldStart(NOTES);
        for (Map.Entry<String, String> note : notes.entrySet()) {
          json.writeStringField(note.getKey(), note.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
