package org.etcdmirror.v2.internal.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Expiry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads whole answers: trees, member lists and errors. */
final class V2AnswerTest {

  private static final long NOW = 5_000;

  private static final String TREE =
      """
      {"action":"get","node":{"dir":true,"nodes":[
        {"key":"/a","dir":true,"modifiedIndex":3,"createdIndex":3,"nodes":[
          {"key":"/a/b","value":"1","modifiedIndex":5,"createdIndex":4}]},
        {"key":"/c","value":"2","modifiedIndex":6,"createdIndex":6}]}}
      """;

  private static InputStream json(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  private static V2Node node(String fields) throws Exception {
    return requireNonNull(
        V2Json.answer(json("{\"action\":\"get\",\"node\":{" + fields + "}}"), NOW).node());
  }

  @Test
  void treeIsReadWithAllItsNodes() throws Exception {
    V2Node root = requireNonNull(V2Json.answer(json(TREE), NOW).node());
    V2Node b = new V2Node("/a/b", false, "1", 5, 4, null, List.of());
    V2Node a = new V2Node("/a", true, null, 3, 3, null, List.of(b));
    V2Node c = new V2Node("/c", false, "2", 6, 6, null, List.of());
    assertThat(root).isEqualTo(new V2Node("/", true, null, 0, 0, null, List.of(a, c)));
  }

  @Test
  void flattenedTreeGivesChildrenFirst() throws Exception {
    List<String> keys = new ArrayList<>();
    V2Node top = V2Json.flatten(json(TREE), NOW, node -> keys.add(node.key()));
    assertThat(keys).containsExactly("/a/b", "/a", "/c", "/");
    assertThat(top).isEqualTo(new V2Node("/", true, null, 0, 0, null, List.of()));
  }

  @Test
  void previousNodeAndActionAreRead() throws Exception {
    V2Json.Body body =
        V2Json.answer(
            json(
                "{\"action\":\"delete\",\"prevNode\":{\"key\":\"/a\",\"value\":\"1\"},\"node\":{\"key\":\"/a\"}}"),
            NOW);
    assertThat(body.action()).isEqualTo(V2Action.DELETE);
    assertThat(requireNonNull(body.prevNode()).value()).isEqualTo("1");
    assertThat(requireNonNull(body.node()).value()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"30, 30", "0, 0", "-1, 0", "9223372037, 9223372037"})
  void expiryIsTheTimeThatIsLeft(long ttl, long left) throws Exception {
    String fields = "\"key\":\"/a\",\"expiration\":\"2001-01-01T00:00:00Z\",\"ttl\":" + ttl;
    assertThat(node(fields).expiresAt()).isEqualTo(Expiry.after(NOW, Duration.ofSeconds(left)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"value\":\"1\"",
        "\"key\":null",
        "\"key\":7",
        "\"key\":\"/a\",\"value\":null",
        "\"key\":\"/a\",\"value\":7",
        "\"key\":\"/a\",\"dir\":\"true\"",
        "\"key\":\"/a\",\"dir\":null",
        "\"key\":\"/a\",\"modifiedIndex\":1.5",
        "\"key\":\"/a\",\"modifiedIndex\":-1",
        "\"key\":\"/a\",\"modifiedIndex\":9007199254740993",
        "\"key\":\"/a\",\"createdIndex\":\"1\"",
        "\"key\":\"/a\",\"modifiedIndex\":1,\"createdIndex\":2",
        "\"key\":\"/a\",\"ttl\":5",
        "\"key\":\"/a\",\"expiration\":\"tomorrow\"",
        "\"key\":\"/a\",\"expiration\":\"2001-01-01T00:00:00Z\",\"ttl\":9223372038",
        "\"key\":\"/a\",\"expiration\":\"2001-01-01T00:00:00Z\",\"ttl\":-9223372038",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":{}",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[7]",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[[]]",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[{\"key\":\"/b\",\"value\":\"\"}]",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[{\"key\":\"/ab\",\"value\":\"\"}]",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[{\"key\":\"/a\",\"value\":\"\"}]",
        "\"key\":\"/a\",\"dir\":true,\"nodes\":[{\"dir\":true}]"
      })
  void nodeThatEtcdNeverWritesIsRefused(String fields) {
    assertThatThrownBy(() -> node(fields)).isInstanceOf(V2ProtocolException.class);
  }

  @Test
  void directoryMayHaveNullForItsNodes() throws Exception {
    assertThat(node("\"key\":\"/a\",\"dir\":true,\"nodes\":null").nodes()).isEmpty();
    assertThat(node("\"key\":\"/a\",\"dir\":false,\"value\":\"\"").dir()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"action\":7}",
        "{\"action\":\"get\"} {}",
        "{\"action\":\"get\",\"node\":7}",
        "{\"action\":\"get\"]"
      })
  void answerThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> V2Json.answer(json(text), NOW))
        .isInstanceOf(V2ProtocolException.class);
    assertThatThrownBy(() -> V2Json.flatten(json(text), NOW, node -> {}))
        .isInstanceOf(V2ProtocolException.class);
  }

  @Test
  void answerWithoutANodeIsNoTree() {
    assertThatThrownBy(() -> V2Json.flatten(json("{\"action\":\"get\"}"), NOW, node -> {}))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessage("answer has no node");
  }

  @Test
  void tooDeepAnswerIsRefused() {
    String deep = "{\"action\":\"get\",\"x\":" + "[".repeat(300_000);
    assertThatThrownBy(() -> V2Json.answer(json(deep), NOW))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessageContaining("nested deeper than 200000 levels");
  }

  @Test
  void membersAreCounted() throws Exception {
    assertThat(V2Json.members(json("{\"x\":[{}],\"members\":[{\"id\":\"1\"},{\"id\":\"2\"}]}")))
        .isEqualTo(2);
    assertThat(V2Json.members(json("{\"members\":[]}"))).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"members\":{}}", "{\"members\":7}", "{\"x\":", "<"})
  void memberListThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> V2Json.members(json(text))).isInstanceOf(V2ProtocolException.class);
  }

  @Test
  void errorIsReadWithAllItsFields() {
    assertThat(
            V2Json.error(
                "{\"x\":{},\"errorCode\":100,\"message\":\"m\",\"cause\":\"/a\",\"index\":7}"))
        .isEqualTo(new V2ErrorException.V2Error(100, "m", "/a", 7));
    for (String none :
        List.of(
            "",
            "[]",
            "{\"errorCode\":0}",
            "{\"errorCode\":\"100\"}",
            "{\"errorCode\":4294967396}")) {
      assertThat(V2Json.error(none)).as(none).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, true",
    "SET, true",
    "CREATE, true",
    "UPDATE, true",
    "COMPARE_AND_SWAP, true",
    "DELETE, false",
    "COMPARE_AND_DELETE, false",
    "EXPIRE, false"
  })
  void nodeIsThereAfterAWriteAndNotAfterADelete(V2Action action, boolean there) {
    assertThat(action.leavesNode()).isEqualTo(there);
  }
}
