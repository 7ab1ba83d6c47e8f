package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.LeaseTimes;
import org.etcdmirror.v3.internal.read.V3Snapshot;
import org.etcdmirror.v3.internal.sink.SinkKeepAlives;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseKeepAliveResponse;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A malformed answer is a failure of its endpoint, and none of it is used. */
@Timeout(120)
class V3MalformedTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));
  private static final long FAR = Long.MAX_VALUE;

  private FakeV3Server bad;
  private FakeV3Server good;
  private V3Client alone;
  private V3Client both;

  @BeforeEach
  void start() throws Exception {
    bad = new FakeV3Server("/conf/a");
    good = new FakeV3Server("/conf/good");
    WarmClient.connect(good.url()).close();
    alone = V3Client.connect(List.of(bad.url()), Access.ANONYMOUS);
    both = V3Client.connect(List.of(bad.url(), good.url()), Access.ANONYMOUS);
  }

  @AfterEach
  void stop() {
    alone.close();
    both.close();
    bad.close();
    good.close();
  }

  private static List<String> keys(V3Client client, Selection selection) throws Exception {
    List<String> keys = new ArrayList<>();
    try (Snapshot snapshot = new V3Snapshot(client, selection)) {
      for (MirrorEvent next = snapshot.next(); next != null; next = snapshot.next()) {
        keys.add(next.key().toString());
      }
    }
    return keys;
  }

  private static UnaryOperator<RangeResponse> page(Consumer<RangeResponse.Builder> change) {
    return page -> {
      RangeResponse.Builder changed = page.toBuilder();
      change.accept(changed);
      return changed.build();
    };
  }

  private static UnaryOperator<RangeResponse> of(KeyValue... kvs) {
    return page(page -> page.clearKvs().addAllKvs(List.of(kvs)).setCount(kvs.length));
  }

  private static UnaryOperator<RangeResponse> at(long revision) {
    return page(page -> page.getHeaderBuilder().setRevision(revision));
  }

  static Stream<Arguments> pages() {
    KeyValue a = FakeV3Server.kv("/conf/a", 5);
    KeyValue b = FakeV3Server.kv("/conf/b", 5);
    return Stream.of(
        Arguments.of("header revision 0", at(0), "revision is 0"),
        Arguments.of("header revision below 0", at(-3), "-3"),
        Arguments.of("header revision 2^63-1", at(FAR), "9223372036854775807"),
        Arguments.of("empty answer", page(RangeResponse.Builder::clear), "revision is 0"),
        Arguments.of("key that comes twice", of(a, a), "/conf/a"),
        Arguments.of("keys out of order", of(b, a), "/conf/b"),
        Arguments.of("key outside", of(FakeV3Server.kv("/other", 5)), "/other"),
        Arguments.of("empty key", of(FakeV3Server.kv("", 5)), "''"),
        Arguments.of("revision 0", of(FakeV3Server.kv("/conf/a", 0)), "revision 0"),
        Arguments.of("revision 2^63-1", of(FakeV3Server.kv("/conf/a", FAR)), "9223372036854775807"),
        Arguments.of("revision ahead", of(FakeV3Server.kv("/conf/a", 10)), "revision 10"),
        Arguments.of(
            "made after the change", of(a.toBuilder().setCreateRevision(6).build()), "revision 6"),
        Arguments.of("count below what is shown", page(page -> page.setCount(0)), "1 keys of 0"),
        Arguments.of("count above what is shown", page(page -> page.setCount(3)), "1 keys of 3"),
        Arguments.of(
            "more, and nothing", page(page -> page.clearKvs().setMore(true)), "says that there"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void malformedPageIsRefusedAndReadFromAnotherEndpoint(
      String what, UnaryOperator<RangeResponse> change, String named) throws Exception {
    bad.pages = change;
    assertThatThrownBy(() -> keys(alone, CONF))
        .isInstanceOf(V3ErrorException.class)
        .hasMessageContainingAll("answer to a read", bad.url(), named)
        .satisfies(V3MalformedTest::isPlain);
    assertThat(keys(both, CONF)).containsExactly("/conf/good");
  }

  private static void isPlain(Throwable failure) {
    assertThat(failure.getClass().getSimpleName()).isEqualTo("V3ProtocolException");
    assertThat(failure.getMessage()).doesNotContain("Exception", "java.", "null");
  }

  @Test
  void pagesThatDoNotAdvanceAreRefused() throws Exception {
    bad.pages =
        page(page ->
            page.clearKvs().addKvs(FakeV3Server.kv("/conf/a", 5)).setMore(true).setCount(5));
    assertThatThrownBy(() -> keys(alone, CONF))
        .hasMessageContaining("'/conf/a', which was not requested");
    assertThat(bad.requests()).isLessThan(10);
  }

  @Test
  void pageOfAnotherClusterIsRefusedWithServerAndBothClusters() {
    bad.pages =
        page(page -> {
          boolean first = page.getKvsCount() > 0;
          page.setMore(first).setCount(first ? 2 : 0);
          page.getHeaderBuilder().setClusterId(first ? 5 : 6);
        });
    assertThatThrownBy(() -> keys(alone, CONF))
        .isInstanceOf(IOException.class)
        .hasMessage("%s: cluster 5 was replaced by cluster 6 during the read", bad.url());
  }

  @Test
  void pageWithMoreKeysThanRequestedIsRefused() {
    bad.pages = of(FakeV3Server.kv("/conf/a", 5), FakeV3Server.kv("/conf/b", 5));
    RangeRequest one =
        RangeRequest.newBuilder()
            .setKey(KeyRange.of(Bytes.utf8("/conf/")).from())
            .setRangeEnd(KeyRange.of(Bytes.utf8("/conf/")).end())
            .setLimit(1)
            .build();
    assertThatThrownBy(() -> alone.read(KVGrpc.getRangeMethod(), one))
        .hasMessageContaining("the limit was 1");
  }

  private static UnaryOperator<TxnResponse> txn(Consumer<TxnResponse.Builder> change) {
    return txn -> {
      TxnResponse.Builder changed = txn.toBuilder();
      change.accept(changed);
      return changed.build();
    };
  }

  static Stream<Arguments> transactions() {
    return Stream.of(
        Arguments.of("no answers", txn(TxnResponse.Builder::clearResponses), "0 of 1"),
        Arguments.of(
            "another kind",
            txn(txn -> txn.getResponsesBuilder(0).clear().getResponsePutBuilder()),
            "did not answer a read"),
        Arguments.of(
            "another key",
            txn(txn ->
                txn.getResponsesBuilder(0)
                    .getResponseRangeBuilder()
                    .setCount(1)
                    .addKvs(FakeV3Server.kv("/x", 5))),
            "/x"),
        Arguments.of("refusal", txn(txn -> txn.setSucceeded(false)), "1 of 0"),
        Arguments.of("empty answer", txn(TxnResponse.Builder::clear), "revision is 0"),
        Arguments.of(
            "header revision 2^63-1",
            txn(txn -> txn.getHeaderBuilder().setRevision(FAR)),
            "9223372036854775807"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transactions")
  void malformedTxnAnswerIsRefusedAndReadFromAnotherEndpoint(
      String what, UnaryOperator<TxnResponse> change, String named) throws Exception {
    Selection keys =
        Selection.ofKeys(List.of(Bytes.utf8("/conf/none"), Bytes.utf8("/conf/good")), false);
    bad.txns = change;
    assertThatThrownBy(() -> keys(alone, keys))
        .hasMessageContainingAll("answer to a transaction", bad.url(), named)
        .satisfies(V3MalformedTest::isPlain);
    assertThat(keys(both, keys)).containsExactly("/conf/good");
  }

  private static WatchResponse events(long revision, KeyValue... kvs) {
    WatchResponse.Builder answer = WatchResponse.newBuilder();
    answer.setHeader(FakeV3Server.HEADER.toBuilder().setRevision(revision));
    for (KeyValue kv : kvs) {
      answer.addEvents(Event.newBuilder().setKv(kv));
    }
    return answer.build();
  }

  static Stream<Arguments> answers() {
    KeyValue a = FakeV3Server.kv("/conf/a", 10);
    KeyValue b = FakeV3Server.kv("/conf/b", 11);
    return Stream.of(
        Arguments.of("out of order", events(11, b, a), "/conf/a"),
        Arguments.of("header revision 0", events(0, a), "revision is 0"),
        Arguments.of("header revision below 0", events(-1), "-1"),
        Arguments.of("header revision 2^63-1", events(FAR), "9223372036854775807"),
        Arguments.of(
            "revision 2^63-1", events(FAR, FakeV3Server.kv("/conf/a", FAR)), "9223372036854775807"),
        Arguments.of("ahead of the header", events(10, b), "revision 11"),
        Arguments.of("revision 0", events(10, FakeV3Server.kv("/conf/a", 0)), "revision 0"),
        Arguments.of("key outside", events(10, FakeV3Server.kv("/other", 10)), "/other"),
        Arguments.of(
            "made after the change",
            events(10, a.toBuilder().setCreateRevision(11).build()),
            "revision 11"),
        Arguments.of("created again", events(10).toBuilder().setCreated(true).build(), "twice"),
        Arguments.of(
            "compacted at 2^63-1",
            events(10).toBuilder().setCanceled(true).setCompactRevision(FAR).build(),
            "9223372036854775807"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void malformedWatchAnswerIsRefusedAndDoesNotMoveIndex(
      String what, WatchResponse answer, String named) {
    bad.watching = call -> call.onNext(answer);
    for (Start start : List.of(Start.now(), Start.after(9))) {
      assertThatThrownBy(() -> poll(start))
          .hasMessageContainingAll("answer to a watch", bad.url(), named)
          .satisfies(V3MalformedTest::isPlain);
    }
  }

  private void poll(Start start) throws Exception {
    try (EventStream stream = WatchOpening.open(alone, CONF, start)) {
      for (int i = 0; i < 5; i++) {
        assertThat(stream.poll(Duration.ofSeconds(1)).index()).isEqualTo(9);
      }
    }
  }

  @Test
  void watchFragmentsThatGoBackInRevisionAreRefused() {
    alone.streams().watchLimit().exceeded(alone.streams().watchForm());
    bad.watching =
        call -> {
          call.onNext(
              events(11, FakeV3Server.kv("/conf/b", 11)).toBuilder().setFragment(true).build());
          call.onNext(events(11, FakeV3Server.kv("/conf/a", 10)));
        };
    assertThatThrownBy(() -> poll(Start.after(9)))
        .hasMessageContaining("after revision 11")
        .satisfies(V3MalformedTest::isPlain);
  }

  @Test
  void watchCreatedWithoutRevisionStartsAtClusterRevision() throws Exception {
    bad.creations = created -> created.toBuilder().clearHeader().build();
    try (EventStream stream = WatchOpening.open(alone, CONF, Start.now())) {
      assertThat(stream.startIndex()).isEqualTo(9);
    }
  }

  private static UnaryOperator<LeaseTimeToLiveResponse> lease(long id, long ttl, long granted) {
    return told -> told.toBuilder().setID(id).setTTL(ttl).setGrantedTTL(granted).build();
  }

  static Stream<Arguments> leases() {
    return Stream.of(
        Arguments.of("beyond range", lease(7, 9_000_000_001L, 60), "9000000001"),
        Arguments.of("2^63-1", lease(7, FAR, FAR), "9223372036854775807"),
        Arguments.of("gone, and not -1", lease(7, -2, 0), "-2"),
        Arguments.of("granted below 0", lease(7, 30, -60), "-60"),
        Arguments.of("number 0", lease(0, 30, 60), "for lease 0"),
        Arguments.of("another number", lease(8, 30, 60), "for lease 8"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leases")
  void malformedTimeToLiveAnswerIsRefused(
      String what, UnaryOperator<LeaseTimeToLiveResponse> change, String named) {
    bad.leases = change;
    assertThatThrownBy(() -> V3Client.await(new LeaseTimes(alone).ask(7)))
        .hasMessageContainingAll("answer to a lease query", bad.url(), named)
        .satisfies(V3MalformedTest::isPlain);
  }

  static Stream<UnaryOperator<LeaseKeepAliveResponse>> keepAlives() {
    return Stream.of(
        kept -> kept.toBuilder().setID(8).build(),
        kept -> kept.toBuilder().setID(0).build(),
        kept -> kept.toBuilder().setTTL(-9).build(),
        kept -> kept.toBuilder().setTTL(FAR).build());
  }

  @ParameterizedTest
  @MethodSource("keepAlives")
  void malformedKeepAliveAnswerDoesNotEndLease(UnaryOperator<LeaseKeepAliveResponse> change) {
    bad.keepAlives = change;
    assertThatThrownBy(() -> new SinkKeepAlives(alone).renew(List.of(7L)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("answer to a lease keep-alive", bad.url())
        .satisfies(V3MalformedTest::isPlain);
  }
}
