package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The specifics of etcd v2 that {@link V2IndexStoreContractTest} does not cover. */
@Timeout(600)
@EtcdTest
final class V2IndexStoreTest {

  private static final Instant WHEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final String NUMBER = "/__replication/conftool";
  private static final String META = "/__replication/__meta__conftool";

  private static EtcdServer etcd;
  private static V2Http http;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void forget() {
    http.delete("/__replication", "recursive=true");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private V2IndexStore store(String link) {
    V2IndexStore store = V2IndexStore.open(List.of(etcd.clientUrl().toString()), link);
    opened.add(store);
    return store;
  }

  /** A crash between the two writes must not leave an index without its notes. */
  @Test
  void firstSaveWritesDescriptionBeforeIndex() throws Exception {
    V2IndexStore store = store("/conftool");
    assertThat(store.load()).isEmpty();
    store.save(new Checkpoint(0, "c", "s", WHEN).withNotes(Map.of("must-compare", "x")));
    assertThat(modifiedIndex(NUMBER)).isGreaterThan(modifiedIndex(META));
    store.save(new Checkpoint(7, "c", "s", WHEN));
    assertThat(modifiedIndex(NUMBER)).isLessThan(modifiedIndex(META));
  }

  private static long modifiedIndex(String key) {
    Matcher found = Pattern.compile("\"modifiedIndex\":(\\d+)").matcher(http.get(key, "").body());
    assertThat(found.find()).isTrue();
    return Long.parseLong(found.group(1));
  }

  private FaultProxy proxy() {
    FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
    opened.add(proxy);
    return proxy;
  }

  private V2IndexStore storeBehind(FaultProxy proxy) {
    V2IndexStore store = V2IndexStore.open(List.of(proxy.url().toString()), "/conftool");
    opened.add(store);
    return store;
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c1", "s1", WHEN);
  }

  private static String value(String key) {
    return http.get(key, "quorum=true").json().path("node").path("value").textValue();
  }

  @Test
  void indexIsStoredUnderReplicationKeyOfLink() throws Exception {
    for (String[] linkAndKey :
        List.of(
            new String[] {"/conftool", "conftool"},
            new String[] {"/a/b", "a/b"},
            new String[] {"/", "__ROOT__"},
            new String[] {"my-link", "my-link"})) {
      store(linkAndKey[0]).save(at(3_020_127));
      assertThat(value("/__replication/" + linkAndKey[1])).isEqualTo("3020127");
      assertThat(value("/__replication/__meta__" + linkAndKey[1]))
          .startsWith(
              "{\"clusterId\":\"c1\",\"scope\":\"s1\",\"savedAt\":\"2026-01-02T03:04:05Z\"");
    }
  }

  @Test
  void invalidLinkNamesAreRefused() {
    for (String bad : List.of("", "//", "/a/", "a//b", "/..", "/__ROOT__", "__meta__x")) {
      assertThatThrownBy(() -> store(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + bad + "'");
    }
  }

  @Test
  void saveIsOneWriteWhileSourceIsUnchanged() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    long before = http.index();
    store.save(at(2));
    store.save(at(2));
    assertThat(http.index() - before).isEqualTo(2);
    store.save(new Checkpoint(3, "c2", "s1", WHEN));
    assertThat(http.index() - before).isEqualTo(4);
  }

  @Test
  void indexWrittenByOtherProgramIsAdopted() throws Exception {
    http.put(NUMBER, "3020127\n");
    V2IndexStore store = store("/conftool");
    assertThat(store.load())
        .hasValueSatisfying(checkpoint -> {
          assertThat(checkpoint.index()).isEqualTo(3_020_127);
          assertThat(checkpoint.clusterId()).isNull();
          assertThat(checkpoint.scope()).isNull();
        });
    store.save(at(3_020_128));
    assertThat(store("/conftool").load()).contains(at(3_020_128));
  }

  @Test
  void malformedCheckpointIsRefusedAndNotTreatedAsEmpty() {
    for (String garbage : List.of("", "abc", "-1", "12x", "1.5", "99999999999999999999")) {
      http.put(NUMBER, garbage);
      assertThatThrownBy(() -> store("/conftool").load())
          .as(garbage)
          .isInstanceOf(PermanentException.class)
          .hasMessage(
              "%s does not hold an index: '%s'; correct it by hand, or delete it to copy again",
              NUMBER, garbage);
      assertThatThrownBy(() -> store("/conftool").save(at(1)))
          .isInstanceOf(PermanentException.class);
      assertThat(value(NUMBER)).isEqualTo(garbage);
    }
    http.put(NUMBER, "1");
    for (String garbage : List.of("", "[]", "{}", "{\"savedAt\":\"yesterday\"}", "{\"owner\":")) {
      http.put(META, garbage);
      assertThatThrownBy(() -> store("/conftool").load())
          .as(garbage)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining(META);
    }
  }

  @Test
  void nestedLinksAreRefusedAndNamed() throws Exception {
    store("/a").save(at(1));
    assertThatThrownBy(() -> store("/a/b").save(at(1)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("/__replication/a/b");
    store("/c/d").save(at(1));
    assertThatThrownBy(() -> store("/c").load())
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("/__replication/c");
  }

  @Test
  void manualEditOfIndexFencesStore() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    http.put(NUMBER, "1000");
    assertThatThrownBy(() -> store.save(at(2)))
        .isInstanceOf(FencedException.class)
        .hasMessageContainingAll(NUMBER, "expected '1'", "found '1000'");
    assertThat(store("/conftool").load()).contains(at(1000));
    assertThat(value(NUMBER)).isEqualTo("1000");
  }

  @Test
  void confirmReportsMissingIndexAsSinkRollback() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    http.delete(NUMBER, "");
    assertThatThrownBy(store::confirm)
        .isInstanceOf(SinkRolledBackException.class)
        .hasMessageContaining("found nothing");
    assertThat(http.get(NUMBER, "").status()).isEqualTo(404);
    assertThat(store.load()).isEmpty();
    store.confirm();
    store.save(at(2));
    store.confirm();
    assertThat(store("/conftool").load()).contains(at(2));
  }

  @Test
  void saveReportsMissingIndexAsSinkRollback() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    http.delete(NUMBER, "");
    assertThatThrownBy(() -> store.save(at(2))).isInstanceOf(SinkRolledBackException.class);
  }

  /** Otherwise a crash between the writes would leave the new index with an old description. */
  @Test
  void saveAfterRollbackWritesDescriptionBeforeIndex() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    String description = value(META);
    http.delete("/__replication", "recursive=true");
    assertThatThrownBy(store::confirm).isInstanceOf(SinkRolledBackException.class);
    http.put(META, description);
    http.put(NUMBER, "1");
    assertThat(store.load()).isPresent();
    store.save(at(9).withNotes(Map.of("must-compare", "x")));
    assertThat(modifiedIndex(NUMBER)).isGreaterThan(modifiedIndex(META));
  }

  @Test
  void confirmDetectsForeignWrites() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    store.confirm();
    V2IndexStore rival = store("/conftool");
    rival.load();
    rival.save(at(1));
    assertThatThrownBy(store::confirm).isInstanceOf(FencedException.class);
    http.put(NUMBER, "1000");
    assertThatThrownBy(rival::confirm)
        .isInstanceOf(FencedException.class)
        .hasMessageContainingAll("expected '1'", "found '1000'");
  }

  @Test
  void missingDescriptionFencesSaveThatRewritesIt() throws Exception {
    V2IndexStore store = store("/conftool");
    store.save(at(1));
    http.delete(META, "");
    assertThatThrownBy(() -> store.save(new Checkpoint(2, "c2", "s1", WHEN)))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining(META);
  }

  @Test
  void crashBetweenTheTwoWritesLeavesOldClusterId() throws Exception {
    store("/conftool").save(at(5));
    FaultProxy proxy = proxy();
    V2IndexStore crashing = storeBehind(proxy);
    assertThat(crashing.load()).isPresent();
    // A foreign write fails the second write, which leaves the same state as a crash before it.
    http.put(META, value(META));
    assertThatThrownBy(() -> crashing.save(new Checkpoint(2, "c2", "s1", WHEN)))
        .isInstanceOf(FencedException.class);
    assertThat(store("/conftool").load()).contains(new Checkpoint(2, "c1", "s1", WHEN));
  }

  /** Lets the store's next write succeed and loses its answer, then heals the proxy. */
  private static void loseTheAnswer(FaultProxy proxy, V2IndexStore store, Checkpoint checkpoint) {
    proxy.truncateAfter(10);
    proxy.cutAll();
    String before = value(NUMBER);
    // The first attempt may only find that the old connection is gone.
    for (int i = 0; i < 2 && Objects.equals(before, value(NUMBER)); i++) {
      assertThatThrownBy(() -> store.save(checkpoint))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(V2ErrorException.class);
    }
    assertThat(value(NUMBER)).isEqualTo(Long.toString(checkpoint.index()));
    proxy.heal();
  }

  @Test
  void saveWithLostAnswerIsRecognisedAsOwn() throws Exception {
    FaultProxy proxy = proxy();
    V2IndexStore store = storeBehind(proxy);
    store.save(at(1));
    loseTheAnswer(proxy, store, at(2));
    store.save(at(2));
    store.save(at(3));
    loseTheAnswer(proxy, store, at(4));
    store.save(at(5));
    assertThat(store("/conftool").load()).contains(at(5));
  }

  @Test
  void firstSaveOfLaterRunWithLostAnswerIsRecognisedAsOwn() throws Exception {
    store("/conftool").save(at(3));
    FaultProxy proxy = proxy();
    V2IndexStore restarted = storeBehind(proxy);
    assertThat(restarted.load()).contains(at(3));
    loseTheAnswer(proxy, restarted, at(4));
    restarted.save(at(5));
    assertThat(store("/conftool").load()).contains(at(5));
  }

  /** Cuts the answers to both writes: the description, which is first here, and the index. */
  @Test
  void nextSaveSucceedsWhereverAnswersOfFirstSaveWereCut() throws Exception {
    for (int bytes = 10; bytes < 1500; bytes += 70) {
      String link = "/conftool" + bytes;
      FaultProxy proxy = proxy();
      V2IndexStore store = V2IndexStore.open(List.of(proxy.url().toString()), link);
      opened.add(store);
      assertThat(store.load()).isEmpty();
      proxy.truncateAfter(bytes);
      proxy.cutAll();
      for (int i = 0; i < 2; i++) {
        try {
          store.save(at(1));
        } catch (IOException cut) {
          assertThat(cut).as("at %d", bytes).isNotInstanceOf(V2ErrorException.class);
        }
      }
      proxy.heal();
      saveAgain(store, at(2));
      assertThat(store(link).load()).as("cut at %d", bytes).contains(at(2));
    }
  }

  /** Retries as the engine does, since a pooled connection may turn out to be cut. */
  private static void saveAgain(V2IndexStore store, Checkpoint next) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        store.save(next);
        return;
      } catch (IOException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  @Test
  void saveThatNeverReachedEtcdIsRepeated() throws Exception {
    FaultProxy proxy = proxy();
    V2IndexStore store = storeBehind(proxy);
    store.save(at(1));
    proxy.refuse(true);
    proxy.cutAll();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> store.save(at(2))).isInstanceOf(IOException.class);
    }
    proxy.heal();
    saveAgain(store, at(2));
    assertThat(value(NUMBER)).isEqualTo("2");
  }

  @Test
  void rivalWriteOfSameIndexFencesStore() throws Exception {
    FaultProxy proxy = proxy();
    V2IndexStore store = storeBehind(proxy);
    store.save(at(1));
    loseTheAnswer(proxy, store, at(2));
    V2IndexStore rival = store("/conftool");
    assertThat(rival.load()).contains(at(2));
    rival.save(at(2));
    assertThatThrownBy(() -> store.save(at(3))).isInstanceOf(FencedException.class);
    rival.save(at(4));
  }

  @Test
  void rivalWriteOfLaterIndexFencesStore() throws Exception {
    FaultProxy proxy = proxy();
    V2IndexStore store = storeBehind(proxy);
    store.save(at(1));
    loseTheAnswer(proxy, store, at(2));
    V2IndexStore rival = store("/conftool");
    assertThat(rival.load()).contains(at(2));
    rival.save(at(7));
    assertThatThrownBy(() -> store.save(at(2)))
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("found '7'");
  }
}
