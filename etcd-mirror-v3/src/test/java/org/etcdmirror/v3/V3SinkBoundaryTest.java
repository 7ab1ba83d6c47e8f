package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values at the very limit of what servers take, with the same limit on both sides. */
@Tag("long")
@Timeout(600)
class V3SinkBoundaryTest {

  private static final String KEY = "/conf/large";
  private static final String CHECKPOINT = "/__replication/test";
  private static final int DEFAULT = 1_572_864;

  /** A value that is this much below the source's limit is always mirrored. */
  private static final int MARGIN = 200;

  /** The put that a client of the source sends; its answer is not used. */
  private static final MethodDescriptor<PutRequest, RangeResponse> PUT =
      MethodDescriptor.<PutRequest, RangeResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("etcdserverpb.KV/Put")
          .setRequestMarshaller(ProtoUtils.marshaller(PutRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(RangeResponse.getDefaultInstance()))
          .build();

  static Stream<Arguments> limits() {
    return EtcdBinary.all().stream()
        .flatMap(binary -> Stream.of(65_536, DEFAULT).map(limit -> Arguments.of(binary, limit)));
  }

  /** With notes, so that it is much larger than the margin. */
  private static Checkpoint at(long index) {
    return new Checkpoint(
        index, "cdf818194e3a8c32", "s".repeat(64), Instant.EPOCH, 0, Map.of("n", "x".repeat(500)));
  }

  private static EventBatch batchAt(int size) {
    return EventBatch.of(List.of(put(KEY, value(size))), size, size);
  }

  private static String value(int size) {
    return "x".repeat(size);
  }

  @ParameterizedTest
  @MethodSource("limits")
  void valuesUpToSizeLimitAreMirroredAndLargerOnesAreNamed(EtcdBinary binary, int limit)
      throws Exception {
    try (V3SinkServer server = V3SinkServer.start(binary, "--max-request-bytes=" + limit);
        V3Sink sink = server.sink("test").build();
        V3Client client =
            V3Client.connect(List.of(server.etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      apply(sink, batch(put("/conf/a", "1")), at(1));
      int largest = largest(client, limit);
      int pace = limit == DEFAULT ? 7 : 1;
      int mirrored = 0;
      for (int size = largest - MARGIN; size <= largest + 1; size += pace) {
        int index = size;
        long before = server.get(KEY).getModRevision();
        Throwable refusal = catchThrowable(() -> apply(sink, batchAt(index), at(index)));
        KeyValue found = server.get(KEY);
        if (refusal == null) {
          assertThat(mirrored)
              .as("the last size that was mirrored, at %d", size)
              .isEqualTo(mirrored == 0 ? 0 : size - pace);
          mirrored = size;
          assertThat(found.getValue().size()).isEqualTo(size);
          assertThat(sink.load()).contains(at(size));
          long written = found.getModRevision();
          assertThat(server.valueAt(CHECKPOINT, written))
              .containsAnyOf("index=" + size + "\n", "applying=" + size + "\n");
        } else {
          assertThat(refusal)
              .isInstanceOf(UnsupportedEntryException.class)
              .hasMessageContaining("'" + KEY + "' (the value is too large: " + size + " bytes")
              .hasMessageContaining("default 1572864")
              .hasMessageContaining("--max-request-bytes")
              .hasMessageMatching(".*");
          assertThat(found.getModRevision()).isEqualTo(before);
          assertThat(sink.load().orElseThrow().applying()).isEqualTo(size);
        }
      }
      assertThat(largest - mirrored).isLessThan(MARGIN / 2);
      apply(sink, batch(delete(KEY)), at(5_000_000));
      assertThat(sink.load()).contains(at(5_000_000));
      assertThat(server.count("/conf/")).isOne();
    }
  }

  @ParameterizedTest
  @MethodSource("limits")
  void mirrorFollowsUpToSizeLimitAndNamesKeyThatExceedsIt(EtcdBinary binary, int limit)
      throws Exception {
    try (V3Mirroring etcds =
            V3Mirroring.start(binary, etcd -> etcd.extraFlags("--max-request-bytes=" + limit));
        V3Client client =
            V3Client.connect(List.of(etcds.sourceUrls.get(0).toString()), Access.ANONYMOUS)) {
      int largest = largest(client, limit);
      assertThat(clientPuts(client, largest - MARGIN / 2)).isTrue();
      try (EtcdMirror mirror = etcds.started()) {
        etcds.assertEqual();
        assertThat(clientPuts(client, largest - MARGIN / 2 + 1)).isTrue();
        etcds.awaitLevel(mirror);
        etcds.assertEqual();
        assertThat(clientPuts(client, largest)).isTrue();
        V3Mirroring.eventually(
            "failed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED));
        assertThat(mirror.status().lastError())
            .contains("'" + KEY + "' (the value is too large: " + largest + " bytes")
            .contains("--max-request-bytes");
      }
    }
  }

  /** The size of the largest value that the server accepts from a client. */
  private static int largest(V3Client client, int limit) throws Exception {
    int largest = limit - 1_024;
    for (int step = 512; step > 0; step /= 2) {
      largest += clientPuts(client, largest + step) ? step : 0;
    }
    return largest;
  }

  private static boolean clientPuts(V3Client client, int size) throws Exception {
    try {
      PutRequest put =
          PutRequest.newBuilder()
              .setKey(Wire.wire(Bytes.utf8(KEY)))
              .setValue(Wire.wire(Bytes.utf8(value(size))))
              .build();
      V3Patience.read(() -> client.call(PUT, put));
      return true;
    } catch (V3PermanentException e) {
      assertThat(e.tooLarge()).isTrue();
      return false;
    }
  }
}
