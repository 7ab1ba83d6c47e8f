package org.etcdmirror.v2.internal.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Expiry;
import org.junit.jupiter.api.Test;

final class V2JsonTest {

  private static final long NOW = 1_000_000;

  @Test
  void malformedEventIsErrorAndNeverSkipped() {
    List<String> lines =
        List.of(
            "",
            "null",
            "[]",
            "<html>",
            "{}",
            "{\"action\":\"set\"}",
            "{\"action\":\"get\",\"node\":null}",
            "{\"node\":{\"key\":\"/a\",\"value\":\"1\"}}",
            "{\"action\":\"explode\",\"node\":{\"key\":\"/a\",\"value\":\"1\"}}",
            "{\"action\":\"set\",\"node\":{\"key\":\"/a\"}}",
            "{\"action\":\"set\",\"node\":{\"value\":\"1\"}}",
            "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"1\",\"modifiedIndex\":\"x\"}}",
            "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"1\"}} {}",
            "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"1\",\"modif",
            "{\"errorCode\":401,\"message\":\"cleared\",\"cause\":\"[3/2]\",\"index\":9}");
    for (String line : lines) {
      assertThatThrownBy(() -> V2Json.event(line, NOW))
          .as(line)
          .isInstanceOf(V2ProtocolException.class);
    }
  }

  @Test
  void fieldsOfLaterVersionsAreIgnored() throws Exception {
    V2Event event =
        V2Json.event(
            "{\"x\":[{}],\"action\":\"create\",\"node\":{\"key\":\"/a\",\"y\":{\"z\":[1]},"
                + "\"value\":\"1\",\"modifiedIndex\":7,\"createdIndex\":6}}",
            NOW);
    assertThat(event)
        .isEqualTo(
            new V2Event(
                V2Action.CREATE, new V2Node("/a", false, "1", 7, 6, null, List.of()), null));
  }

  @Test
  void expiryIsComputedFromTtlAndIsNowWithoutPositiveTtl() throws Exception {
    String node =
        "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"\",\"modifiedIndex\":5,%s}}";
    String expiration = "\"expiration\":\"1999-01-01T00:00:00Z\"";
    assertThat(V2Json.event(node.formatted(expiration + ",\"ttl\":30"), NOW).node().expiresAt())
        .isEqualTo(Expiry.after(NOW, Duration.ofSeconds(30)));
    assertThat(V2Json.event(node.formatted(expiration), NOW).node().expiresAt())
        .isEqualTo(new Expiry(NOW));
    assertThat(V2Json.event(node.formatted(expiration + ",\"ttl\":-1"), NOW).node().expiresAt())
        .isEqualTo(new Expiry(NOW));
  }

  @Test
  void oldestIndexOfErrorIsRead() {
    V2ErrorException.V2Error error =
        V2Json.error(
            "{\"errorCode\":401,\"message\":\"m\",\"cause\":\"cleared [368/367]\",\"index\":1367}");
    V2ErrorException failure =
        new V2ErrorException(requireNonNull(error), 400, "/a", "http://a:1", null);
    assertThat(failure.oldestIndex()).hasValue(368);
    assertThat(failure.index()).isEqualTo(1367);
    assertThat(V2Json.error("<html>")).isNull();
    assertThat(V2Json.error("{\"message\":\"During election\"}")).isNull();
  }
}
