package org.etcdmirror.webhooksink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkIdentity;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the sink makes of the answers of a receiver, and of those that do not come. */
@Timeout(600)
@EtcdTest
class WebhookSinkTest {

  private static final Duration LATE = Duration.ofMillis(100);

  private final Receiver receiver;
  private final WebhookSink sink;

  WebhookSinkTest() throws IOException {
    this.receiver = Receiver.start();
    this.sink = sink(receiver.url());
  }

  private static WebhookSink sink(URI url) {
    return new WebhookSink(url, PATIENCE, LATE);
  }

  @AfterEach
  void close() {
    sink.close();
    receiver.close();
  }

  @Test
  void aLostAnswerNamesAllThatTheRequestMayStillChange() {
    receiver.answers(number -> Receiver.NONE);
    EventBatch batch =
        EventBatch.of(List.of(put("/a", "1"), new MirrorEvent.DeleteTree(key("/t"), 1)), 1, 1);
    OutcomeUnknownException unknown =
        catchThrowableOfType(OutcomeUnknownException.class, () -> sink.apply(batch));
    assertThat(unknown.touched()).containsExactly(Touched.key(key("/a")), Touched.tree(key("/t")));
    assertThat(receiver.idempotencyKeys()).as("requests").hasSize(1);
  }

  @Test
  void aServersOwnErrorIsAnUnknownOutcome() {
    receiver.answers(number -> 503);
    assertThatThrownBy(() -> sink.apply(batch(put("/a", "1"))))
        .isInstanceOf(OutcomeUnknownException.class)
        .hasMessageContaining("503");
  }

  @Test
  void theSameBatchIsSentUnderTheSameKeyUntilItIsAnsweredAndTakenOnce() throws Exception {
    receiver.answers(number -> number == 1 ? Receiver.NONE : 200);
    EventBatch batch = batch(put("/a", "1"));
    assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(OutcomeUnknownException.class);
    sink.apply(batch);
    sink.apply(batch);
    List<String> keys = receiver.idempotencyKeys();
    assertThat(keys).hasSize(3);
    assertThat(keys.get(1)).isEqualTo(keys.get(0));
    assertThat(keys.get(2)).as("sent anew after it was answered").isNotEqualTo(keys.get(0));
  }

  @Test
  void anotherBatchAfterALostAnswerIsNotTakenForTheLostOne() throws Exception {
    receiver.answers(number -> number == 1 ? Receiver.NONE : 200);
    assertThatThrownBy(() -> sink.apply(batch(put("/a", "1"))))
        .isInstanceOf(OutcomeUnknownException.class);
    sink.apply(batch(put("/a", "2")));
    assertThat(receiver.idempotencyKeys()).hasSize(2).doesNotHaveDuplicates();
    assertThat(receiver.data()).isEqualTo(Map.of(key("/a"), Bytes.utf8("2")));
  }

  @Test
  void aRefusalIsNoUnknownOutcome() {
    receiver.answers(number -> 429);
    assertThatThrownBy(() -> sink.apply(batch(put("/a", "1"))))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(OutcomeUnknownException.class);
    receiver.answers(number -> 403);
    assertThatThrownBy(() -> sink.apply(batch(put("/a", "secret"))))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("403")
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatWasNeverSentIsNoUnknownOutcome() {
    URI nobody = receiver.url();
    receiver.close();
    try (WebhookSink toNobody = sink(nobody)) {
      assertThatThrownBy(() -> toNobody.apply(batch(put("/a", "1"))))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(OutcomeUnknownException.class)
          .hasMessageContaining("nothing was sent");
    }
  }

  @Test
  void theReceiverKeepsTheIdentityOfItsData() throws Exception {
    assertThat(sink.identity()).isEmpty();
    sink.identify(new SinkIdentity("a1", 17));
    assertThat(sink(receiver.url()).identity()).contains(new SinkIdentity("a1", 17));
  }

  @Test
  void aMirrorDeliversEachChangeAlthoughAnswersAreLost(EtcdServer etcd, @TempDir Path directory)
      throws Exception {
    V3Http client = new V3Http(etcd.clientUrl());
    client.put("/orders/1", "one");
    receiver.answers(number -> number % 3 == 0 ? Receiver.NONE : number % 5 == 0 ? 500 : 200);
    try (EtcdMirror mirror = mirror(etcd, directory)) {
      mirror.start();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      for (int i = 0; i < 30; i++) {
        assertThat(mirror.await(client.put("/orders/" + i % 7, "value " + i), PATIENCE)).isTrue();
      }
      assertThat(mirror.await(client.delete("/orders/3"), PATIENCE)).isTrue();
      assertThat(receiver.data()).isEqualTo(client.values("/orders/"));
    }
    long revision = client.delete("/orders/4");
    try (EtcdMirror mirror = mirror(etcd, directory)) {
      mirror.start();
      assertThat(mirror.await(revision, PATIENCE)).isTrue();
      assertThat(receiver.data()).isEqualTo(client.values("/orders/"));
    }
  }

  private EtcdMirror mirror(EtcdServer etcd, Path directory) {
    return EtcdMirror.builder()
        .link("orders")
        .source(V3Source.of(etcd.clientUrl().toString()))
        .sink(sink(receiver.url()))
        .indexStore(FileIndexStore.at(directory.resolve("orders.index")))
        .scope(MirrorScope.of("/orders/"))
        .build();
  }

  private static Bytes key(String text) {
    return Bytes.utf8(text);
  }

  private static MirrorEvent put(String key, String value) {
    return new MirrorEvent.Put(key(key), Bytes.utf8(value), 1, null);
  }

  private static EventBatch batch(MirrorEvent event) {
    return EventBatch.of(List.of(event), 1, 1);
  }
}
