package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseRevokeRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/** A real server under a sink, and ways to read and write past the sink. */
final class V3SinkServer implements AutoCloseable {

  private static final Pattern LEASE = Pattern.compile("\"ID\":\"(-?[0-9]+)\"");

  final EtcdServer etcd;
  private final V3Client client;
  private final HttpClient http = HttpClient.newHttpClient();

  private V3SinkServer(EtcdServer etcd) {
    this.etcd = etcd;
    this.client = V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS);
    // The first call of a process loads a lot, on a slow machine for longer than a deadline.
    await().atMost(PATIENCE).ignoreExceptions().until(() -> count("/") == 0);
  }

  /** On a server that runs; it is closed with this. */
  static V3SinkServer at(EtcdServer etcd) {
    return new V3SinkServer(etcd);
  }

  static V3SinkServer start(EtcdBinary binary, String... flags) {
    return new V3SinkServer(
        EtcdServer.builder().binary(binary).enableV2(false).extraFlags(flags).start());
  }

  static V3SinkServer start(String... flags) {
    return new V3SinkServer(EtcdServer.builder().enableV2(false).extraFlags(flags).start());
  }

  OpenedV3Sink sink(String link) {
    return OpenedV3Sink.at(etcd.clientUrl().toString(), link);
  }

  /** Applies a batch as the engine does: retries after a failure that may be transient. */
  static void apply(V3Sink sink, EventBatch batch) {
    persist(() -> sink.apply(batch));
  }

  /** The same with a checkpoint. */
  static void apply(V3Sink sink, EventBatch batch, Checkpoint next) {
    persist(() -> sink.apply(batch, next));
  }

  @FunctionalInterface
  interface Attempt {
    void run() throws Exception;
  }

  /** Repeats an attempt until it succeeds. */
  static void persist(Attempt attempt) {
    await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(V3SinkServer::isPassing)
        .until(() -> {
          attempt.run();
          return true;
        });
  }

  private static boolean isPassing(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return (failure instanceof V3ErrorException error && error.problem() == V3Problem.MEMBER_FAILED)
        || (failure instanceof IOException
            && cause instanceof V3ErrorException inner
            && inner.problem() == V3Problem.MEMBER_FAILED);
  }

  static EventBatch batch(MirrorEvent... events) {
    return batch(List.of(events));
  }

  static EventBatch batch(List<? extends MirrorEvent> events) {
    return EventBatch.of(List.copyOf(events), 1_000, 1_000);
  }

  static MirrorEvent.Put put(String key, String value) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), 7, null);
  }

  static MirrorEvent.Delete delete(String key) {
    return new MirrorEvent.Delete(Bytes.utf8(key), 7);
  }

  /** The current state of a key; fails if there is none. */
  KeyValue get(String key) throws Exception {
    RangeResponse found =
        client.read(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
    assertThat(found.getKvsCount()).as(key).isEqualTo(1);
    return found.getKvs(0);
  }

  String value(String key) throws Exception {
    return get(key).getValue().toStringUtf8();
  }

  /** How many keys there are with a prefix. */
  long count(String prefix) throws Exception {
    KeyRange range = KeyRange.of(Bytes.utf8(prefix));
    return client
        .read(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder()
                .setKey(range.from())
                .setRangeEnd(range.end())
                .setCountOnly(true)
                .build())
        .getCount();
  }

  /** The keys with a prefix that hold something. */
  Set<String> keys(String prefix) throws Exception {
    KeyRange range = KeyRange.of(Bytes.utf8(prefix));
    Set<String> keys = new TreeSet<>();
    client
        .read(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end()).build())
        .getKvsList()
        .forEach(found -> keys.add(found.getKey().toStringUtf8()));
    return keys;
  }

  /** The revisions that wrote the keys with a prefix last. */
  Set<Long> revisions(String prefix) throws Exception {
    KeyRange range = KeyRange.of(Bytes.utf8(prefix));
    Set<Long> revisions = new TreeSet<>();
    client
        .read(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end()).build())
        .getKvsList()
        .forEach(found -> revisions.add(found.getModRevision()));
    return revisions;
  }

  /** What a key held at a revision; empty if it held nothing. */
  String valueAt(String key, long revision) throws Exception {
    RangeResponse found =
        client.read(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setRevision(revision)
                .build());
    return found.getKvsCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
  }

  /** Writes past the sink. */
  void write(RequestOp... ops) throws Exception {
    client.call(KVGrpc.getTxnMethod(), TxnRequest.newBuilder().addAllSuccess(List.of(ops)).build());
  }

  /** How long a lease lives, in seconds; -1 if it is gone. */
  long timeToLive(long lease) throws Exception {
    return client
        .read(
            LeaseGrpc.getLeaseTimeToLiveMethod(),
            LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
        .getTTL();
  }

  void revoke(long lease) throws Exception {
    client.call(
        LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(lease).build());
  }

  /** All leases there are. */
  List<Long> leases() throws Exception {
    List<Long> leases = new ArrayList<>();
    Matcher found = LEASE.matcher(post("/v3/lease/leases", "{}"));
    while (found.find()) {
      leases.add(Long.parseLong(found.group(1)));
    }
    return leases;
  }

  /** The JSON gateway's answer. */
  String post(String path, String question) throws IOException, InterruptedException {
    URI uri = etcd.clientUrl().resolve(path);
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(question)).build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Override
  public void close() {
    client.close();
    etcd.close();
  }
}
