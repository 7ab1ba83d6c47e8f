package org.etcdmirror.soak;

import java.io.IOException;
import java.util.Map;
import java.util.Random;

/** Each kind of write of the v2 API, in the scope and outside of it. */
final class V2Writes implements Writes {

  private final V2Client source;
  private final Attempts attempts;
  private final Random random;

  V2Writes(V2Client source, Attempts attempts, Random random) {
    this.source = source;
    this.attempts = attempts;
    this.random = random;
  }

  @Override
  public void next() throws IOException {
    int kind = random.nextInt(100);
    String key = key();
    if (kind < 36) {
      put(key, Map.of("value", value(key)));
    } else if (kind < 47) {
      delete(key, "");
    } else if (kind < 51) {
      put(key, Map.of("value", value(key), "prevExist", "false"));
    } else if (kind < 55) {
      put(key, Map.of("value", value(key), "prevExist", "true"));
    } else if (kind < 60) {
      compare(key);
    } else if (kind < 64) {
      String queue = Scope.PREFIX + "queue";
      source.ask("POST", queue, "", Map.of("value", value(queue)));
    } else if (kind < 70) {
      put(key, Map.of("value", value(key), "ttl", ttl()));
    } else if (kind < 73) {
      put(key, Map.of("ttl", ttl(), "refresh", "true", "prevExist", "true"));
    } else if (kind < 78) {
      directory();
    } else if (kind < 80) {
      put(key, Map.of("value", ""));
    } else if (kind < 82) {
      put(Scope.PREFIX + "_hidden/k" + random.nextInt(3), Map.of("value", value("hidden")));
    } else if (kind < 95) {
      put("/other/k" + random.nextInt(20), Map.of("value", value("other")));
    } else {
      put(
          Scope.PREFIX + Scope.PRIVATE + "k" + random.nextInt(5),
          Map.of("value", value("private")));
    }
  }

  private String key() {
    return Scope.PREFIX + "abc".charAt(random.nextInt(3)) + "/k" + random.nextInt(30);
  }

  private String value(String key) {
    return attempts.value(key, random.nextInt(5) == 0 ? "\u00e4 \u4e16 <&>" : "v");
  }

  private String ttl() {
    return Integer.toString(2 + random.nextInt(8));
  }

  private void compare(String key) throws IOException {
    String old = source.ask("GET", key, "quorum=true", Map.of()).body();
    String value = V3Gateway.JSON.readTree(old).at("/node/value").asText();
    String index = V3Gateway.JSON.readTree(old).at("/node/modifiedIndex").asText();
    if (value.isEmpty()) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> put(key, Map.of("value", value(key), "prevValue", value));
      case 1 -> put(key, Map.of("value", value(key), "prevIndex", index));
      default -> delete(key, "prevIndex=" + index);
    }
  }

  private void directory() throws IOException {
    String directory = Scope.PREFIX + "d" + random.nextInt(4);
    switch (random.nextInt(6)) {
      case 0 -> put(directory, Map.of("dir", "true"));
      case 1 -> put(directory, Map.of("dir", "true", "ttl", ttl()));
      case 2 -> delete(directory, "dir=true");
      case 3 -> delete(directory, "recursive=true");
      case 4 -> delete(Scope.PREFIX + "abc".charAt(random.nextInt(3)), "recursive=true");
      default -> {
        String key = directory + "/e/k" + random.nextInt(5);
        put(key, Map.of("value", value(key)));
      }
    }
  }

  private void put(String key, Map<String, String> form) throws IOException {
    source.ask("PUT", key, "", form);
  }

  private void delete(String key, String query) throws IOException {
    source.ask("DELETE", key, query, Map.of());
  }
}
