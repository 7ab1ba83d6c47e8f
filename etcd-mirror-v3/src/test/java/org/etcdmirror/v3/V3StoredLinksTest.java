package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.etcdmirror.v3.rpc.RequestOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class V3StoredLinksTest {

  private static final Checkpoint ONE =
      new Checkpoint(1, "c1", "s1", Instant.EPOCH).withNotes(Map.of("n", "v"));
  private static final Checkpoint TWO = new Checkpoint(2, "c2", null, Instant.EPOCH);

  @Test
  void storedLinksAreCheckpointsOfMirrorsIntoThisCluster() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Source source = V3Source.builder().endpoints(server.etcd.clientUrl().toString()).build();
        V3Sink one = server.sink("one").build();
        V3Sink two = server.sink("two/of/them").build();
        V3Sink elsewhere =
            server.sink("x").checkpointKey(Bytes.utf8("/elsewhere/checkpoint")).build()) {
      assertThat(V3Patience.read(source::storedLinks)).isEmpty();
      one.save(ONE);
      two.save(TWO);
      elsewhere.save(TWO);
      server.write(
          put("/__replication/bare", "17"),
          put("/__replication/foreign", "{}"),
          put("/__replication/binary", "\u0000"),
          put("/__replication", "5"),
          put("/conf", "5"));
      assertThat(V3Patience.read(source::storedLinks))
          .containsExactly(
              new StoredLink(
                  Bytes.utf8("/__replication/bare"), new Checkpoint(17, null, null, Instant.EPOCH)),
              new StoredLink(Bytes.utf8("/__replication/one"), ONE),
              new StoredLink(Bytes.utf8("/__replication/two/of/them"), TWO));
      assertThat(one.cluster().head().clusterId())
          .isEqualTo(source.head(Selection.of(Bytes.EMPTY)).clusterId())
          .isNotBlank();
    }
  }

  private static RequestOp put(String key, String text) {
    return SinkOp.put(Bytes.utf8(key), ByteString.copyFromUtf8(text), 0);
  }
}
