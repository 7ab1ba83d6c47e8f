package org.etcdmirror.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * The state of a host, as JSON: {@code {"weight":10,"pooled":"yes"}}.
 *
 * @param weight its share of the traffic
 * @param pooled {@code yes}, {@code no} or {@code inactive}
 */
public record HostState(int weight, String pooled) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Refuses invalid values. */
  public HostState {
    if (weight < 0 || pooled == null || !pooled.matches("yes|no|inactive")) {
      throw new IllegalArgumentException("no state of a host: %d, %s".formatted(weight, pooled));
    }
  }

  /** The same host with another share. */
  public HostState withWeight(int other) {
    return new HostState(other, pooled);
  }

  /** The same host, pooled or not. */
  public HostState withPooled(String other) {
    return new HostState(weight, other);
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a number and a word are always JSON", e);
    }
  }

  static HostState parse(String path, String json) throws IOException {
    try {
      return JSON.readValue(json, HostState.class);
    } catch (JsonProcessingException e) {
      throw new IOException(path + " holds no state of a host: " + e.getOriginalMessage(), e);
    }
  }
}
