package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A following mirror applies every kind of etcd v2 change. */
@Timeout(600)
class ActionsTest {

  private static Mirroring pair;
  private static V2Http source;
  private EtcdMirror mirror;

  @BeforeAll
  static void startServers() {
    pair = Mirroring.start();
    source = pair.source;
  }

  @AfterAll
  static void stopServers() {
    pair.close();
  }

  @BeforeEach
  void startMirror() {
    source.delete("/conf", "recursive=true");
    source.put("/conf/keep", "kept");
    mirror = pair.started(builder -> builder.deleteLimit(DeleteLimit.percent(100)));
  }

  /** Checks that the sink is equal and that only the initial resync took place. */
  @AfterEach
  void assertEqualWithoutResync() {
    try (EtcdMirror closing = mirror) {
      pair.awaitLevel(closing);
      pair.assertEqual();
      assertThat(pair.sink.tree("/conf")).isNotEmpty();
      assertThat(closing.status().counters().resyncs()).isLessThanOrEqualTo(1);
      assertThat(closing.status().counters().gaps()).isZero();
    }
  }

  private static void assertAction(String action, V2Http.Response response) {
    assertThat(response.json().path("action").asText()).isEqualTo(action);
  }

  @Test
  void setOfNewAndExistingKeyIsMirrored() {
    assertAction("set", source.put("/conf/a", "1"));
    pair.awaitLevel(mirror);
    assertAction("set", source.put("/conf/a", "2"));
  }

  @Test
  void createIsMirrored() {
    assertAction("create", source.put("/conf/new", Map.of("value", "v", "prevExist", "false")));
  }

  @Test
  void updateOfValueIsMirrored() {
    source.put("/conf/a", "1");
    assertAction("update", source.put("/conf/a", Map.of("value", "2", "prevExist", "true")));
  }

  @Test
  void compareAndSwapByIndexAndByValueIsMirrored() {
    long index = source.put("/conf/a", "1").modifiedIndex();
    assertAction(
        "compareAndSwap",
        source.put("/conf/a", Map.of("value", "2", "prevIndex", String.valueOf(index))));
    assertAction("compareAndSwap", source.put("/conf/a", Map.of("value", "3", "prevValue", "2")));
  }

  @Test
  void deleteOfKeyIsMirrored() {
    source.put("/conf/a", "1");
    pair.awaitLevel(mirror);
    assertAction("delete", source.delete("/conf/a", ""));
  }

  @Test
  void compareAndDeleteIsMirrored() {
    source.put("/conf/a", "1");
    pair.awaitLevel(mirror);
    assertAction("compareAndDelete", source.delete("/conf/a", "prevValue=1"));
  }

  @Test
  void expiryOfKeyIsMirrored() {
    source.put("/conf/a", Map.of("value", "1", "ttl", "1"));
    Mirroring.eventually(
        "expired", () -> assertThat(source.get("/conf/a", "").status()).isEqualTo(404));
  }

  @Test
  void expiryOfDirectoryDeletesItsTreeInSink() {
    source.put("/conf/d", Map.of("dir", "true", "ttl", "2"));
    source.put("/conf/d/x/y", "1");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.tree("/conf")).containsKey("/conf/d/x/y");
    Mirroring.eventually(
        "expired", () -> assertThat(source.get("/conf/d", "").status()).isEqualTo(404));
  }

  @Test
  void updateOfDirectoryTtlKeepsItsTree() {
    source.put("/conf/d/x", "1");
    pair.awaitLevel(mirror);
    assertAction(
        "update", source.put("/conf/d", Map.of("dir", "true", "ttl", "100", "prevExist", "true")));
  }

  @Test
  void emptyDirectoriesAreMirrored() {
    source.put("/conf/empty", Map.of("dir", "true"));
    source.put("/conf/deep/er/empty", Map.of("dir", "true"));
    pair.awaitLevel(mirror);
    assertAction("delete", source.delete("/conf/empty", "dir=true"));
  }

  @Test
  void recursiveDeleteRemovesWholeTreeInSink() {
    source.put("/conf/t/a", "1");
    source.put("/conf/t/b/c", "2");
    source.put("/conf/tt", "stays");
    pair.awaitLevel(mirror);
    source.delete("/conf/t", "recursive=true");
  }

  @Test
  void inOrderKeysCreatedByPostAreMirrored() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(pair.sourceEtcd.clientUrl().resolve("/v2/keys/conf/queue"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("value=job"))
            .build();
    String answer =
        HttpClient.newHttpClient().send(post, HttpResponse.BodyHandlers.ofString()).body();
    assertThat(answer).contains("\"action\":\"create\"").contains("/conf/queue/0000000000");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.tree("/conf/queue")).containsValue("job");
  }

  @Test
  void valueReplacedByDirectoryAndBackIsMirrored() {
    source.put("/conf/a", "value");
    pair.awaitLevel(mirror);
    assertAction("set", source.put("/conf/a", Map.of("dir", "true")));
    pair.awaitLevel(mirror);
    source.put("/conf/a/below", "1");
    pair.awaitLevel(mirror);
    source.delete("/conf/a", "recursive=true");
    source.put("/conf/a", "value again");
  }

  @Test
  void valueReplacedByImplicitDirectoryIsMirrored() {
    source.put("/conf/a", "value");
    pair.awaitLevel(mirror);
    source.delete("/conf/a", "");
    source.put("/conf/a/b/c", "1");
  }

  @Test
  void recursiveDeleteOfPrefixEmptiesItInSink() {
    source.delete("/conf", "recursive=true");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.tree("/conf")).isEmpty();
    source.put("/conf/again", "1");
  }

  @Test
  void siblingWhoseNameStartsWithPrefixIsNotMirrored() {
    source.put("/conftool/x", "foreign");
    source.delete("/conftool", "recursive=true");
    source.put("/conf/x", "ours");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.tree("/conftool")).isEmpty();
  }

  @Test
  void unusualKeysAndValuesAreMirrored() {
    for (String name :
        new String[] {
          "a b", "50%", "1+1", "what?", "no#1", "héllo", "鍵", "😀", "a&b=c", "x;y", "<t>"
        }) {
      source.put("/conf/" + name, "value of " + name + "\n\t\"<&>\u2028");
    }
    source.put("/conf/empty", "");
    source.put("/conf/large", "x".repeat(1 << 20));
    pair.awaitLevel(mirror);
    source.delete("/conf/50%", "");
    source.put("/conf/1+1", "2");
  }

  @Test
  void hiddenKeysAreNotMirrored() {
    source.put("/conf/_hidden", "x");
    // etcd reports no event for a directory that only a hidden key creates.
    source.put("/conf/d", Map.of("dir", "true"));
    source.put("/conf/d/_h/x", "y");
    source.put("/conf/seen", "z");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.get("/conf/_hidden", "").status()).isEqualTo(404);
    assertThat(pair.sink.get("/conf/d/_h", "").status()).isEqualTo(404);
  }

  @Test
  void ttlRefreshMovesIndexWithoutApplyingEvents() {
    source.put("/conf/a", Map.of("value", "1", "ttl", "100"));
    for (int i = 0; i < 5; i++) {
      source.put("/conf/a", Map.of("refresh", "true", "ttl", "100", "prevExist", "true"));
    }
    long applied = mirror.status().counters().eventsApplied();
    pair.awaitLevel(mirror);
    assertThat(mirror.status().counters().eventsApplied()).isLessThanOrEqualTo(applied + 1);
  }

  @Test
  void repeatedDeleteEventIsHarmless() {
    // etcd 3.4 sends a delete twice to a watch of the deleted node: make the prefix a value.
    source.delete("/conf", "recursive=true");
    pair.awaitLevel(mirror);
    source.put("/conf", "a value at the prefix itself");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.get("/conf", "").json().path("node").path("value").asText())
        .startsWith("a value");
    source.delete("/conf", "");
    pair.awaitLevel(mirror);
    assertThat(pair.sink.get("/conf", "").status()).isEqualTo(404);
    source.put("/conf/a", "1");
  }
}
