package org.etcdmirror.service.http;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.service.config.AmountOption;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.log.OneLine;
import org.jspecify.annotations.Nullable;

/**
 * What a client of {@code GET /await} asks for.
 *
 * @param index the source index that the sink is to hold
 * @param timeout how long the client waits for that
 */
record WaitRequest(long index, Duration timeout) {

  /** The longest wait. Clients, and proxies between, end connections that are silent for long. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private static final String DEFAULT_TIMEOUT = "10s";

  /** No number and no duration is longer. Reading a long number takes time. */
  private static final int MOST_CHARACTERS = 19;

  /**
   * Reads the parameters of the query.
   *
   * @throws UsageException if one is wrong or the index is missing
   */
  static WaitRequest of(Map<String, String> parameters) {
    Given index = given("index", parameters.get("index"));
    Given timeout = given("timeout", parameters.getOrDefault("timeout", DEFAULT_TIMEOUT));
    Duration wait = AmountOption.duration(timeout);
    if (wait.compareTo(LONGEST) > 0) {
      throw timeout.wrong(
          "'%s' is more than %d s; ask again after 504"
              .formatted(timeout.text(), LONGEST.toSeconds()));
    }
    return new WaitRequest(AmountOption.count(index, 0), wait);
  }

  private static Given given(String name, @Nullable String text) {
    if (text == null) {
      throw new UsageException(name + " is missing; use GET /await?index=N&timeout=10s");
    }
    Given given = new Given(name, OneLine.of(text, " "), name);
    if (text.length() > MOST_CHARACTERS) {
      throw given.wrong("it has %d characters".formatted(text.length()));
    }
    return given;
  }
}
