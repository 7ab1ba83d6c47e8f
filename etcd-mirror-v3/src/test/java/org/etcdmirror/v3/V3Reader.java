package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.SinkCheckpoint;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/** Reads a cluster independently of the mirror. */
final class V3Reader implements AutoCloseable {

  /** A sink at one of its revisions. */
  record View(Optional<Checkpoint> checkpoint, Map<ByteString, ByteString> values) {}

  private final V3Client client;

  V3Reader(Collection<URI> endpoints) {
    client = V3Client.connect(endpoints.stream().map(URI::toString).toList(), Access.ANONYMOUS);
  }

  /** All keys of the mirror at a revision; 0 for the newest. */
  Map<ByteString, ByteString> values(long revision) throws IOException, InterruptedException {
    return values(
        client.read(KVGrpc.getRangeMethod(), range().setRevision(revision).build()).getKvsList());
  }

  /** A key that exists. */
  KeyValue get(String key) throws IOException, InterruptedException {
    RangeRequest one = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    return client.read(KVGrpc.getRangeMethod(), one).getKvs(0);
  }

  /** The checkpoint alone. */
  Optional<Checkpoint> checkpoint() throws IOException, InterruptedException {
    ByteString key = ByteString.copyFromUtf8(V3Mirroring.CHECKPOINT);
    RangeRequest one = RangeRequest.newBuilder().setKey(key).build();
    return parsed(client.read(KVGrpc.getRangeMethod(), one).getKvsList());
  }

  private static Optional<Checkpoint> parsed(List<KeyValue> stored) {
    return stored.stream().flatMap(kv -> Stream.ofNullable(checkpoint(kv))).findFirst();
  }

  /** Data and checkpoint, read as one. */
  View view() throws IOException, InterruptedException {
    ByteString checkpointKey = ByteString.copyFromUtf8(V3Mirroring.CHECKPOINT);
    TxnRequest both =
        TxnRequest.newBuilder()
            .addSuccess(op(RangeRequest.newBuilder().setKey(checkpointKey)))
            .addSuccess(op(range()))
            .build();
    TxnResponse answer = client.read(KVGrpc.getTxnMethod(), both);
    List<KeyValue> stored = answer.getResponses(0).getResponseRange().getKvsList();
    return new View(parsed(stored), values(answer.getResponses(1).getResponseRange().getKvsList()));
  }

  private static @Nullable Checkpoint checkpoint(KeyValue found) {
    String text = found.getValue().toStringUtf8();
    return SinkCheckpoint.parse(Bytes.utf8(V3Mirroring.CHECKPOINT), text).checkpoint();
  }

  private static RequestOp op(RangeRequest.Builder range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static RangeRequest.Builder range() {
    KeyRange range = KeyRange.of(Bytes.utf8(V3Mirroring.PREFIX));
    return RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end());
  }

  private static Map<ByteString, ByteString> values(List<KeyValue> kvs) {
    Map<ByteString, ByteString> values = new HashMap<>();
    kvs.forEach(kv -> values.put(kv.getKey(), kv.getValue()));
    return values;
  }

  @Override
  public void close() {
    client.close();
  }
}
