package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.v2.Mirroring;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Translates events as etcd 3.4 sends them, live and from history. */
class EventTranslatorTest {

  private final EventTranslator translator = new EventTranslator("/conf", List.of("/conf"));

  private Optional<MirrorEvent> translate(String json) throws IOException {
    return translator.translate(V2Json.event(json, 0));
  }

  private static String removal(String action, String key, boolean dir) {
    return "{\"action\":\"%s\",\"node\":{\"key\":\"%s\"%s,\"modifiedIndex\":9,\"createdIndex\":3}}"
        .formatted(action, key, dir ? ",\"dir\":true" : "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set", "create", "update", "compareAndSwap"})
  void writeActionBecomesPut(String action) throws IOException {
    assertThat(
            translate(
                "{\"action\":\"%s\",\"node\":{\"key\":\"/conf/a\",\"value\":\"\",\"modifiedIndex\":9,\"createdIndex\":9}}"
                    .formatted(action)))
        .contains(Mirroring.put("/conf/a", "", 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"delete", "compareAndDelete", "expire"})
  void removalOfValueBecomesDelete(String action) throws IOException {
    assertThat(translate(removal(action, "/conf/a", false)))
        .contains(new MirrorEvent.Delete(Bytes.utf8("/conf/a"), 9));
  }

  @Test
  void removalOfDirectoryBecomesTreeDelete() throws IOException {
    assertThat(translate(removal("expire", "/conf/d", true)))
        .contains(new MirrorEvent.DeleteTree(Bytes.utf8("/conf/d"), 9));
  }

  @Test
  void directoryExpiryOfOldServerIsRecognisedByPreviousNode() throws IOException {
    assertThat(
            translate(
                "{\"action\":\"expire\",\"node\":{\"key\":\"/conf/d\",\"modifiedIndex\":9,\"createdIndex\":3},"
                    + "\"prevNode\":{\"key\":\"/conf/d\",\"dir\":true,\"modifiedIndex\":3,\"createdIndex\":3}}"))
        .contains(new MirrorEvent.DeleteTree(Bytes.utf8("/conf/d"), 9));
  }

  @Test
  void deleteOfAncestorBecomesTreeDelete() throws IOException {
    EventTranslator deep = new EventTranslator("/a/b", List.of("/a/b"));
    assertThat(deep.translate(V2Json.event(removal("delete", "/a", true), 0)))
        .contains(new MirrorEvent.DeleteTree(Bytes.utf8("/a"), 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/__replication", "/__replication/x"})
  void changesOfStoredIndexesAreIgnored(String root) throws IOException {
    EventTranslator translator = new EventTranslator(root, List.of(root));
    for (String key :
        List.of(
            "/__replication",
            "/__replication/x",
            "/__replication/x/y",
            "/__replication/__meta__")) {
      String set =
          "{\"action\":\"set\",\"node\":{\"key\":\"%s\",\"value\":\"5\",\"modifiedIndex\":9,\"createdIndex\":9}}"
              .formatted(key);
      assertThat(translator.translate(V2Json.event(set, 0))).as(key).isEmpty();
      for (boolean dir : new boolean[] {true, false}) {
        String gone = removal("delete", key, dir);
        assertThat(translator.translate(V2Json.event(gone, 0))).as(key).isEmpty();
      }
    }
  }

  @Test
  void deleteOfDirectoryWhoseNamePrefixesOursIsIgnored() throws IOException {
    // The history of etcd 3.4 compares the paths as strings.
    assertThat(translate(removal("delete", "/con", true))).isEmpty();
  }

  @Test
  void hiddenKeysFromHistoryAreIgnored() throws IOException {
    assertThat(
            translate(
                "{\"action\":\"set\",\"node\":{\"key\":\"/conf/d/_h/x\",\"value\":\"1\",\"modifiedIndex\":9,\"createdIndex\":9}}"))
        .isEmpty();
  }

  @Test
  void readActionInWatchIsError() {
    assertThatThrownBy(() ->
            translate(
                "{\"action\":\"get\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":9,\"createdIndex\":9}}"))
        .isInstanceOf(V2ProtocolException.class);
  }

  @Test
  void unknownActionIsErrorAndNeverSkipped() {
    assertThatThrownBy(() ->
            translate(
                "{\"action\":\"merge\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":9}}"))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessageContaining("merge");
  }

  @Test
  void onlySelectedPrefixesOfWatchedTreeAreTranslated() throws IOException {
    EventTranslator two = new EventTranslator("/", List.of("/a", "/b/c"));
    assertThat(two.translate(V2Json.event(removal("delete", "/b", true), 0))).isPresent();
    assertThat(two.translate(V2Json.event(removal("delete", "/b/x", true), 0))).isEmpty();
    assertThat(two.translate(V2Json.event(removal("delete", "/ab", false), 0))).isEmpty();
  }

  private static V2Event event(String json) throws IOException {
    return V2Json.event(json, 0);
  }

  @Test
  void writeOfDirectoryBecomesDirectory() throws IOException {
    assertThat(
            translate(
                "{\"action\":\"set\",\"node\":{\"key\":\"/conf/d\",\"dir\":true,\"modifiedIndex\":9,\"createdIndex\":9}}"))
        .contains(new MirrorEvent.MakeDirectory(Bytes.utf8("/conf/d"), 9, null));
  }

  @Test
  void watchBringsItsTreeAndTheRemovalOfWhatIsAbove() throws IOException {
    EventTranslator.requireOf("/a/b", event(removal("delete", "/a/b/c", false)));
    EventTranslator.requireOf("/a/b", event(removal("delete", "/a", true)));
    assertThatThrownBy(
            () -> EventTranslator.requireOf("/a/b", event(removal("delete", "/x", true))))
        .isInstanceOf(V2ProtocolException.class)
        .hasMessageContaining("not watched: '/x'");
    String writeAbove =
        "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\"v\",\"modifiedIndex\":9,\"createdIndex\":9}}";
    assertThatThrownBy(() -> EventTranslator.requireOf("/a/b", event(writeAbove)))
        .isInstanceOf(V2ProtocolException.class);
  }
}
