package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.WarmClient;
import org.etcdmirror.v3.internal.client.ServerVersion;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.WatchPatience;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream keeps up with a cluster that is busy elsewhere. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // Each test starts the server of its kind.
class SilenceTest {

  private static final Selection QUIET = Selection.of(Bytes.utf8("/quiet/"));
  private static final KeyRange RANGE = KeyRange.of(Bytes.utf8("/quiet/"));

  private EtcdServer etcd;
  private V3Http http;
  private V3Client client;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private void start(EtcdBinary binary) throws Exception {
    etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
    http = new V3Http(etcd.clientUrl());
    client = WarmClient.connect(etcd.clientUrl());
  }

  @AfterEach
  void stop() {
    client.close();
    etcd.close();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void streamOfQuietPrefixKeepsUpWithBusyCluster(EtcdBinary binary) throws Exception {
    start(binary);
    http.put("/quiet/a", "1");
    try (V3EventStream stream = WatchOpening.open(client, QUIET, Start.now())) {
      boolean inOrder = ServerVersion.parse(etcd.version()).answersProgressRequests();
      assertThat(stream.silence())
          .isInstanceOf(inOrder ? ProgressRequests.class : QuietProof.class);
      for (int round = 0; round < 2; round++) {
        long last = 0;
        for (int i = 0; i < 20; i++) {
          last = http.put("/busy/" + i, "x");
        }
        EventBatch batch = stream.poll(Duration.ofSeconds(60));
        while (batch.index() < last) {
          batch = stream.poll(Duration.ofSeconds(60));
        }
        assertThat(batch.events()).isEmpty();
      }
      long put = http.put("/quiet/a", "2");
      EventBatch batch = stream.poll(Duration.ofSeconds(60));
      assertThat(batch.index()).isGreaterThanOrEqualTo(put);
      assertThat(batch.events()).hasSize(1);
    }
  }

  private QuietProof proof(WatchCall watch, long index) throws Exception {
    return new QuietProof(client, watch, RANGE, index, 0);
  }

  private static Event putOf(String key, long revision) {
    return Event.newBuilder()
        .setKv(
            KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setModRevision(revision)
                .setVersion(1))
        .build();
  }

  @Test
  void quietProofWaitsForEventsInTransit() throws Exception {
    start(EtcdBinary.find().orElseThrow());
    long before = http.put("/quiet/a", "1");
    try (WatchCall watch = WatchCall.start(client, RANGE, 0)) {
      QuietProof proof = proof(watch, before);
      long put = http.put("/quiet/b", "1");
      assertThat(proof.advance(before)).isEqualTo(before);
      proof.see(putOf("/quiet/b", put));
      assertThat(proof.advance(put)).isEqualTo(put);
      long other = http.put("/busy", "1");
      assertThat(proof.advance(put)).isEqualTo(other);
    }
  }

  /** The watch may have ended unheard meanwhile. */
  @Test
  void aReadThatWasSlowPutsOffTheNextOneForSecondsOnly() throws Exception {
    start(EtcdBinary.find().orElseThrow()); // For the end of the test.
    long pause = Duration.ofSeconds(5).toNanos();
    long slow = Duration.ofSeconds(9).toNanos();
    assertThat(QuietProof.restNanos(pause, 1, true)).isEqualTo(pause);
    assertThat(QuietProof.restNanos(pause, slow, true)).isEqualTo(Duration.ofSeconds(20).toNanos());
    assertThat(QuietProof.restNanos(pause, slow, false)).isEqualTo(pause);
  }

  @Test
  void aWatchThatStaysBehindIsGivenUp() throws Exception {
    start(EtcdBinary.find().orElseThrow());
    long before = http.put("/quiet/a", "1");
    try (WatchCall watch = WatchCall.start(client, RANGE, 0)) {
      QuietProof proof = proof(watch, before);
      http.delete("/quiet/a");
      assertThat(proof.advance(before)).isEqualTo(before);
      assertThatThrownBy(() -> proof.advance(before))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is silent: it is at index " + before);
    }
    assertThat(client.streams().watchPatience().nanos(before))
        .as("the next watch from there gets more time")
        .isEqualTo(2 * WatchPatience.leastNanos());
  }

  @Test
  void missedEventsDisproveIndex() throws Exception {
    start(EtcdBinary.find().orElseThrow());
    long before = http.put("/quiet/a", "1");
    try (WatchCall watch = WatchCall.start(client, RANGE, 0)) {
      QuietProof proof = proof(watch, before);
      http.delete("/quiet/a");
      long later = http.put("/busy", "1");
      assertThat(proof.advance(later)).isEqualTo(later);
      IndexDisprovedException lost =
          catchThrowableOfType(IndexDisprovedException.class, () -> proof.advance(later));
      assertThat(lost.missed()).isEqualTo(before + 1);
      assertThat(lost.reason()).isEqualTo(Gap.Reason.INDEX_DISPROVED);
    }
  }

  @Test
  void keyCreatedAndDeletedMeanwhileDoesNotDisproveIndex() throws Exception {
    start(EtcdBinary.find().orElseThrow());
    long before = http.put("/quiet/a", "1");
    try (WatchCall watch = WatchCall.start(client, RANGE, 0)) {
      QuietProof proof = proof(watch, before);
      http.put("/quiet/b", "1");
      long gone = http.delete("/quiet/b");
      assertThat(proof.advance(before)).isEqualTo(gone);
    }
  }
}
