package org.etcdmirror.v2.internal.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Answers with random damage are read or refused, and never fail in another way. */
final class HostileJsonTest {

  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 3_000);
  private static final int FIRST_SEED = Integer.getInteger("fuzz.seed", 0);

  private static final List<String> ANSWERS =
      List.of(
          "{\"action\":\"get\",\"node\":{\"dir\":true,\"nodes\":[{\"key\":\"/a\",\"dir\":true,"
              + "\"modifiedIndex\":3,\"createdIndex\":3,\"nodes\":[{\"key\":\"/a/b\",\"value\":"
              + "\"\\u00e9\",\"modifiedIndex\":5,\"createdIndex\":4}]}]}}",
          "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"1\",\"expiration\":"
              + "\"2026-01-01T00:00:00Z\",\"ttl\":30,\"modifiedIndex\":7,\"createdIndex\":7},"
              + "\"prevNode\":{\"key\":\"/a\",\"value\":\"0\",\"modifiedIndex\":6}}",
          "{\"errorCode\":401,\"message\":\"m\",\"cause\":\"[3/2]\",\"index\":9}",
          "{\"members\":[{\"id\":\"1\",\"clientURLs\":[\"http://a:1\"]}]}");

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "null",
          "true",
          "-",
          "1e999",
          "9223372036854775808",
          "1".repeat(2_000),
          "[".repeat(2_000),
          "{\"nodes\":[".repeat(500),
          "\"node\":",
          "\"ttl\":",
          "\"key\":\"/\"",
          "\"dir\":true",
          "\\",
          "\\ud800",
          "\0",
          "\ufeff",
          "é");

  @Test
  void damagedAnswerIsReadOrRefused() {
    for (int seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
      String text = damaged(new Random(seed));
      byte[] bytes = text.getBytes(UTF_8);
      endsWell(seed, () -> V2Json.event(text, 1));
      endsWell(seed, () -> V2Json.answer(new ByteArrayInputStream(bytes), 1));
      endsWell(seed, () -> V2Json.flatten(new ByteArrayInputStream(bytes), 1, node -> {}));
      endsWell(seed, () -> V2Json.members(new ByteArrayInputStream(bytes)));
      assertThat(catchThrowable(() -> V2Json.error(text))).as("seed %d", seed).isNull();
    }
  }

  private static void endsWell(int seed, ThrowingCallable reading) {
    Throwable thrown = catchThrowable(reading);
    if (thrown != null) {
      assertThat(thrown).as("seed %d", seed).isInstanceOf(V2ProtocolException.class);
      assertThat(thrown.getMessage()).as("seed %d", seed).hasSizeLessThan(2_000);
    }
  }

  private static String damaged(Random random) {
    StringBuilder text = new StringBuilder(ANSWERS.get(random.nextInt(ANSWERS.size())));
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        default -> text.insert(at, text.substring(at, end));
      }
    }
    return text.toString();
  }
}
