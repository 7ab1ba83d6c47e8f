package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.fault.FakeV2Server;
import org.etcdmirror.testkit.fault.FakeV2Server.Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client rejects a malformed answer as a whole and treats it as an endpoint failure. */
@Timeout(120)
class V2MalformedTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf"));
  private static final Class<?> PROTOCOL = V2ProtocolException.class;
  private static final String NUMBERS = "\"modifiedIndex\":7,\"createdIndex\":6";

  private static String file(String key, String rest) {
    return "{\"key\":\"%s\",%s}".formatted(key, rest);
  }

  private static String tree(String... nodes) {
    return "{\"action\":\"get\",\"node\":{\"key\":\"/conf\",\"dir\":true,\"nodes\":[%s],%s}}"
        .formatted(String.join(",", nodes), NUMBERS);
  }

  private static String valued(String numbers) {
    return tree(file("/conf/a", "\"value\":\"1\"," + numbers));
  }

  /** Trees that etcd never returns at index 9, and what the error must name. */
  static Stream<Arguments> trees() {
    String deep = "[".repeat(1_000_000);
    String huge = "9".repeat(5_000);
    return Stream.of(
        Arguments.of(
            "value of null", tree(file("/conf/a", "\"value\":null," + NUMBERS)), "/conf/a"),
        Arguments.of("no value", tree(file("/conf/a", NUMBERS)), "/conf/a"),
        Arguments.of("value of a number", tree(file("/conf/a", "\"value\":1," + NUMBERS)), "value"),
        Arguments.of("no key", tree("{\"value\":\"1\"," + NUMBERS + "}"), "key"),
        Arguments.of("key of null", tree("{\"key\":null,\"value\":\"1\"," + NUMBERS + "}"), "key"),
        Arguments.of("key of a number", tree("{\"key\":5,\"value\":\"1\"," + NUMBERS + "}"), "key"),
        Arguments.of("nodes of text", tree().replace("[]", "\"x\""), "nodes"),
        Arguments.of("nodes of an object", tree().replace("[]", "{}"), "nodes"),
        Arguments.of("nodes of numbers", tree("1"), "node"),
        Arguments.of("dir of text", tree(file("/conf/a", "\"dir\":\"x\"," + NUMBERS)), "dir"),
        Arguments.of("deep nesting", tree().replace("[]", "[],\"x\":" + deep), "nest"),
        Arguments.of("index of 2^63-1", valued("\"modifiedIndex\":9223372036854775807"), "922337"),
        Arguments.of("index beyond Long", valued("\"modifiedIndex\":92233720368547758070"), "9223"),
        Arguments.of("index of many digits", valued("\"modifiedIndex\":" + huge), "number"),
        Arguments.of("index below 0", valued("\"modifiedIndex\":-7"), "-7"),
        Arguments.of("broken index", valued("\"modifiedIndex\":7.9"), "modifiedIndex"),
        Arguments.of("index in text", valued("\"modifiedIndex\":\"7\""), "modifiedIndex"),
        Arguments.of("index ahead of the header", valued("\"modifiedIndex\":10"), "10"),
        Arguments.of(
            "created after the change", valued("\"modifiedIndex\":7,\"createdIndex\":8"), "8"),
        Arguments.of("time to live beyond Long", valued(ttl("9" + huge)), "number"),
        Arguments.of("time to live of ages", valued(ttl("9300000000")), "9300000000"),
        Arguments.of("time to live of long ago", valued(ttl("-9300000000")), "-9300000000"),
        Arguments.of("broken time to live", valued(ttl("1.5")), "ttl"),
        Arguments.of("time to live without an end", valued("\"ttl\":30," + NUMBERS), "ttl"),
        Arguments.of(
            "end of null", valued("\"ttl\":30,\"expiration\":null," + NUMBERS), "expiration"),
        Arguments.of(
            "end that is no time", valued("\"ttl\":30,\"expiration\":\"x\"," + NUMBERS), "x"),
        Arguments.of(
            "key that comes twice",
            tree(
                file("/conf/a", "\"value\":\"1\"," + NUMBERS),
                file("/conf/a", "\"value\":\"2\"," + NUMBERS)),
            "/conf/a"),
        Arguments.of(
            "key outside", tree(file("/other/a", "\"value\":\"1\"," + NUMBERS)), "/other/a"),
        Arguments.of("key beside", tree(file("/confa", "\"value\":\"1\"," + NUMBERS)), "/confa"),
        Arguments.of("another tree", tree().replace("/conf", "/other"), "/other"),
        Arguments.of("no node", "{\"action\":\"get\"}", "node"),
        Arguments.of("null", "null", "VALUE_NULL"),
        Arguments.of("nothing", "", "null"));
  }

  private static String ttl(String seconds) {
    return "\"ttl\":" + seconds + ",\"expiration\":\"2040-01-01T00:00:00Z\"," + NUMBERS;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trees")
  void malformedTreeIsRefusedAndReadFromOtherEndpoint(String what, String body, String named)
      throws Exception {
    try (FakeV2Server bad = new FakeV2Server(request -> Answer.ok(9, body));
        FakeV2Server good =
            new FakeV2Server(
                request -> Answer.ok(9, tree(file("/conf/b", "\"value\":\"2\"," + NUMBERS))));
        V2Client alone = V2Client.connect(List.of(bad.url().toString()));
        V2Client both = V2Client.connect(List.of(bad.url().toString(), good.url().toString()))) {
      assertThatThrownBy(() -> V2Tree.read(alone, CONF))
          .isInstanceOf(V2ProtocolException.class)
          .hasMessageContainingAll("/conf", bad.url().toString(), named)
          .satisfies(V2MalformedTest::isPlain);
      try (Snapshot read = V2Tree.read(both, CONF)) {
        List<String> keys = new ArrayList<>();
        for (MirrorEvent next = read.next(); next != null; next = read.next()) {
          keys.add(next.key().toString());
        }
        assertThat(keys).containsExactly("/conf", "/conf/b");
      }
    }
  }

  private static void isPlain(Throwable failure) {
    assertThat(failure.getMessage())
        .hasSizeLessThan(1_500)
        .doesNotContain("Exception", "java.", "jackson", "For input string");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "", "-5", "0", "9223372036854775807", "9223372036854775808", "1e3", "7.5"})
  void invalidIndexHeaderIsRefused(String index) {
    try (FakeV2Server bad = new FakeV2Server(request -> new Answer(200, index, tree()));
        V2Source source = V2Source.builder().endpoints(bad.url().toString()).build()) {
      for (ThrowingCall call : calls(source)) {
        assertThatThrownBy(call::run)
            .isInstanceOf(V2ProtocolException.class)
            .hasMessageContainingAll(bad.url().toString(), "X-Etcd-Index")
            .satisfies(V2MalformedTest::isPlain);
      }
    }
  }

  private interface ThrowingCall {
    void run() throws Exception;
  }

  private static List<ThrowingCall> calls(V2Source source) {
    return List.of(() -> source.head(CONF), () -> source.snapshot(CONF));
  }

  /** Errors that etcd never returns. */
  static Stream<Arguments> errors() {
    String error = "{\"errorCode\":%s,\"message\":\"m\",\"cause\":%s,\"index\":%s}";
    return Stream.of(
        Arguments.of("index of 2^63-1", error.formatted("100", "\"/\"", "9223372036854775807")),
        Arguments.of("index beyond Long", error.formatted("100", "\"/\"", "92233720368547758070")),
        Arguments.of("index below 0", error.formatted("100", "\"/\"", "-1")),
        Arguments.of("index of 0", error.formatted("100", "\"/\"", "0")),
        Arguments.of("another index than the header", error.formatted("100", "\"/\"", "8")),
        Arguments.of("code beyond Integer", error.formatted("99999999999", "\"/\"", "9")),
        Arguments.of("broken code", error.formatted("100.5", "\"/\"", "9")),
        Arguments.of("code in text", error.formatted("\"100\"", "\"/\"", "9")),
        Arguments.of("cause of an object", error.formatted("100", "{\"index\":1}", "9")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errors")
  void malformedErrorIsRefused(String what, String body) {
    try (FakeV2Server bad = new FakeV2Server(request -> new Answer(404, "9", body));
        V2Source source = V2Source.builder().endpoints(bad.url().toString()).build()) {
      for (ThrowingCall call : calls(source)) {
        assertThatThrownBy(call::run)
            .isInstanceOf(V2ProtocolException.class)
            .hasMessageContainingAll("/conf", bad.url().toString())
            .satisfies(V2MalformedTest::isPlain);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[99999999999999999999/1]",
        "[999999999999999999/1]",
        "[-5/1]",
        "[11/1]",
        "[/]",
        "[99999999999999999999999999999999999999999999999999/9999999999]"
      })
  void invalidOldestIndexInCauseIsIgnored(String cause) throws Exception {
    String error = "{\"errorCode\":401,\"message\":\"m\",\"cause\":\"%s\",\"index\":9}";
    V2ErrorException failure =
        new V2ErrorException(
            requireNonNull(V2Json.error(error.formatted(cause))), 400, "/conf", "http://a:1", null);
    assertThat(failure.oldestIndex()).isEmpty();
  }

  /** Lines that etcd at index 9 never sends to a watch of /conf. */
  static Stream<Arguments> lines() {
    String set = "{\"action\":\"set\",\"node\":%s}\n";
    String numbers = "\"modifiedIndex\":10,\"createdIndex\":10";
    return Stream.of(
        Arguments.of("no value", set.formatted(file("/conf/a", numbers)), "/conf/a"),
        Arguments.of(
            "value of null",
            set.formatted(file("/conf/a", "\"value\":null," + numbers)),
            "/conf/a"),
        Arguments.of(
            "key outside", set.formatted(file("/other", "\"value\":\"1\"," + numbers)), "/other"),
        Arguments.of(
            "index of 2^63-1",
            set.formatted(file("/conf/a", "\"value\":\"1\",\"modifiedIndex\":9223372036854775807")),
            "9223372036854775807"),
        Arguments.of(
            "index of 0",
            set.formatted(file("/conf/a", "\"value\":\"1\",\"modifiedIndex\":0")),
            "0"),
        Arguments.of("no index", set.formatted(file("/conf/a", "\"value\":\"1\"")), "0"),
        Arguments.of(
            "created after the change",
            set.formatted(
                file("/conf/a", "\"value\":\"1\",\"modifiedIndex\":10,\"createdIndex\":11")),
            "11"),
        Arguments.of(
            "action of a read",
            "{\"action\":\"get\",\"node\":%s}\n"
                .formatted(file("/conf/a", "\"value\":\"1\"," + numbers)),
            "GET"),
        Arguments.of("empty line", "\n", "null"),
        Arguments.of("foreign text", "<html>\n", "<"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lines")
  void malformedWatchLineIsRefusedAndDoesNotMoveIndex(String what, String line, String named) {
    Function<String, Answer> answers =
        request ->
            request.contains("wait=true")
                ? request.contains("waitIndex") ? Answer.watch(9, "") : Answer.watch(9, line)
                : Answer.absent(9);
    try (FakeV2Server bad = new FakeV2Server(answers);
        V2Source source = V2Source.builder().endpoints(bad.url().toString()).build()) {
      for (Start start : List.of(Start.now(), Start.after(9))) {
        assertThatThrownBy(
                () -> {
                  try (EventStream stream = source.open(CONF, start)) {
                    for (int i = 0; i < 20; i++) {
                      assertThat(stream.poll(Duration.ofSeconds(1)).index()).isEqualTo(9);
                    }
                  }
                })
            .hasMessageContainingAll("/conf", bad.url().toString(), named)
            .satisfies(e -> assertThat(causes(e)).hasAtLeastOneElementOfType(PROTOCOL))
            .satisfies(V2MalformedTest::isPlain);
      }
    }
  }

  private static List<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
  }

  @Test
  void answerForOtherKeyIsRefused() {
    String other = "{\"action\":\"get\",\"node\":" + file("/b", "\"value\":\"1\"," + NUMBERS) + "}";
    try (FakeV2Server bad = new FakeV2Server(request -> Answer.ok(9, other));
        V2Client client = V2Client.connect(List.of(bad.url().toString()))) {
      assertThatThrownBy(() -> client.get("/a", "quorum=true"))
          .isInstanceOf(V2ProtocolException.class)
          .hasMessageContainingAll("/a", "/b", bad.url().toString());
    }
  }
}
