package org.etcdmirror.fuzz;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Source;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A v3 source whose server damages its answers: it refuses an answer, or shows exactly what the
 * answer says.
 */
@EtcdTest(v2 = false)
class HostileV3AnswersTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));
  private static final int ROUNDS = 300;
  private static final int ONE_OF_ANSWERS = 2;

  private static V3Http etcd;
  private static HostileGrpc hostile;

  /** The keys of each answer. */
  private static List<List<KeyValue>> shown;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = new V3Http(server.clientUrl());
    for (int i = 0; i < 4; i++) {
      etcd.put("/conf/" + i, "value " + i);
    }
    etcd.put("/conf/leased", "value", etcd.grantLease(600));
    shown = new CopyOnWriteArrayList<>();
    hostile = new HostileGrpc(server.clientUrl(), HostileV3AnswersTest::record);
  }

  @AfterAll
  static void stop() {
    hostile.close();
  }

  /** Remembers the keys of an answer; of one that is no message, nothing can be shown. */
  private static void record(String method, byte[] answer) {
    try {
      if (method.equals(KVGrpc.getRangeMethod().getFullMethodName())) {
        shown.add(RangeResponse.parseFrom(answer).getKvsList());
      } else if (method.equals(WatchGrpc.getWatchMethod().getFullMethodName())) {
        List<Event> events = WatchResponse.parseFrom(answer).getEventsList();
        shown.add(events.stream().map(HostileV3AnswersTest::kv).toList());
      }
    } catch (IOException noMessage) {
      // The client cannot read it either.
    }
  }

  /** A delete's value is not shown, and should not be there. */
  private static KeyValue kv(Event event) {
    return event.getType() == Event.EventType.DELETE
        ? event.getKv().toBuilder().clearValue().build()
        : event.getKv();
  }

  private static V3Source source() {
    return V3Source.builder().endpoints(hostile.url().toString()).build();
  }

  @Test
  void snapshotIsWhatTheAnswersSay() {
    try (V3Source source = source()) {
      Rounds.run(
          ROUNDS,
          (seed, random) -> {
            shown.clear();
            hostile.damage(random, ONE_OF_ANSWERS);
            List<MirrorEvent> entries = new ArrayList<>();
            try (Snapshot snapshot = source.snapshot(CONF)) {
              for (MirrorEvent entry = snapshot.next(); entry != null; entry = snapshot.next()) {
                entries.add(entry);
              }
            } catch (IOException | PermanentException refused) {
              Refusal.check(refused, hostile.url());
              return;
            }
            assertShown(entries);
          });
    } finally {
      hostile.stop();
    }
  }

  @Test
  void streamDeliversWhatTheAnswersSay() {
    try (V3Source source = source()) {
      Rounds.run(
          ROUNDS,
          (seed, random) -> {
            long before = etcd.put("/conf/watched", "value " + seed);
            long last = etcd.delete("/conf/watched");
            shown.clear();
            hostile.damage(random, ONE_OF_ANSWERS);
            List<MirrorEvent> events = new ArrayList<>();
            try (EventStream stream = source.open(CONF, Start.after(before - 1))) {
              for (EventBatch batch = poll(stream); batch.index() < last; batch = poll(stream)) {
                events.addAll(batch.events());
              }
            } catch (IOException | PermanentException | LostEventsException refused) {
              Refusal.check(refused, hostile.url());
            }
            assertThat(events).isSortedAccordingTo(comparingLong(MirrorEvent::index));
            assertThat(shown)
                .flatExtracting(HostileV3AnswersTest::shownTexts)
                .containsAll(texts(events));
          });
    } finally {
      hostile.stop();
    }
  }

  private static EventBatch poll(EventStream stream) throws Exception {
    return stream.poll(Duration.ofMillis(200));
  }

  /** A page behind the first one is asked for again where its answer is refused. */
  private static void assertShown(List<MirrorEvent> entries) {
    List<String> left = new ArrayList<>(texts(entries));
    for (List<KeyValue> page : shown) {
      List<String> texts = shownTexts(page);
      if (left.size() >= texts.size() && left.subList(0, texts.size()).equals(texts)) {
        left.subList(0, texts.size()).clear();
      }
    }
    assertThat(left).as("entries of %s that are not in %s", entries, shown).isEmpty();
    assertThat(texts(entries)).startsWith(shownTexts(shown.get(0)).toArray(String[]::new));
    assertThat(entries).extracting(entry -> entry.key().toString()).doesNotHaveDuplicates();
    assertThat(entries).allMatch(entry -> entry.key().startsWith(Bytes.utf8("/conf/")));
  }

  private static List<String> shownTexts(List<KeyValue> page) {
    return page.stream().map(HostileV3AnswersTest::text).toList();
  }

  private static List<String> texts(List<MirrorEvent> events) {
    return events.stream().map(HostileV3AnswersTest::text).toList();
  }

  private static String text(MirrorEvent event) {
    Bytes value = event instanceof Put put ? put.value() : Bytes.utf8("");
    return "%s=%s at %d".formatted(event.key(), value, event.index());
  }

  private static String text(KeyValue kv) {
    return "%s=%s at %d".formatted(bytes(kv.getKey()), bytes(kv.getValue()), kv.getModRevision());
  }

  private static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }
}
