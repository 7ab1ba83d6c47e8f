package org.etcdmirror.customsink;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.Locale;
import org.etcdmirror.api.Bytes;

/** The value of a host's key: {@code {"weight": 10, "pooled": "yes"}}. */
final class HostJson {

  private static final ObjectReader JSON =
      new ObjectMapper()
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** Why a value describes no host, in words that do not repeat the value. */
  static final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String reason) {
      super(reason);
    }
  }

  private HostJson() {}

  /** Parses a host; unknown fields are ignored. */
  static Host parse(Bytes value) throws UnreadableException {
    JsonNode json = tree(value);
    if (!json.isObject()) {
      throw new UnreadableException("the value is no JSON object");
    }
    JsonNode weight = json.path("weight");
    if (!weight.isIntegralNumber() || !weight.canConvertToInt() || weight.intValue() < 0) {
      throw new UnreadableException("'weight' is no number of 0 or more");
    }
    return new Host(weight.intValue(), pooled(json.path("pooled").asText()));
  }

  private static JsonNode tree(Bytes value) throws UnreadableException {
    try {
      return JSON.readTree(value.toByteArray());
    } catch (IOException e) {
      throw new UnreadableException("the value is no JSON");
    }
  }

  private static Host.Pooled pooled(String text) throws UnreadableException {
    for (Host.Pooled pooled : Host.Pooled.values()) {
      if (text(pooled).equals(text)) {
        return pooled;
      }
    }
    throw new UnreadableException("'pooled' is none of yes, no, inactive");
  }

  /** As it is spelled in the value. */
  static String text(Host.Pooled pooled) {
    return pooled.name().toLowerCase(Locale.ROOT);
  }
}
