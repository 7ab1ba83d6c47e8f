package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.internal.client.AnswerCheck;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RangeStreamResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * A range at one revision as the server streams it (etcd 3.7): it walks the range once, where each
 * page makes it walk all that is left. As many chunks are asked for as were taken. For one thread.
 */
final class RangeChunks extends ClientCall.Listener<RangeStreamResponse> implements AutoCloseable {

  private static final int AHEAD = 2;

  private record Answer(@Nullable RangeResponse chunk, @Nullable Status end) {}

  private final V3Client client;
  private final V3Stream<RangeRequest, RangeStreamResponse> stream;
  private final KeyRange range;
  private final ResponseHeader expected;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private RangeResponse last = RangeResponse.getDefaultInstance();
  private ByteString lastKey = ByteString.EMPTY;
  private long received;

  private RangeChunks(
      V3Client client, KeyRange range, RangeRequest request, ResponseHeader expected)
      throws IOException {
    this.client = client;
    this.range = range;
    MethodDescriptor<RangeRequest, RangeStreamResponse> method = KVGrpc.getRangeStreamMethod();
    this.stream = client.streams().bulk(method, request);
    this.expected = expected;
  }

  /**
   * Asks for a range.
   *
   * @param expected the cluster, and the revision to read at
   */
  static RangeChunks start(V3Client client, KeyRange range, ResponseHeader expected)
      throws IOException {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(range.from())
            .setRangeEnd(range.end())
            .setRevision(expected.getRevision())
            .build();
    RangeChunks chunks = new RangeChunks(client, range, request, expected);
    ClientCall<RangeRequest, RangeStreamResponse> call = chunks.stream.call();
    call.start(chunks, new Metadata());
    call.request(AHEAD);
    call.sendMessage(request);
    call.halfClose();
    return chunks;
  }

  @Override
  public void onMessage(RangeStreamResponse response) {
    answers.add(new Answer(response.getRangeResponse(), null));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    answers.add(new Answer(null, status));
  }

  /**
   * The next chunk, or null after the last one. Not to be called again after that.
   *
   * @throws IOException if the rest can't be read so
   * @throws V3PermanentException if the server can't stream
   */
  @Nullable List<KeyValue> next() throws IOException, InterruptedException {
    Answer answer = answers.poll(V3Client.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw client
          .streams()
          .failed(stream, Status.DEADLINE_EXCEEDED.withDescription("the server stopped sending"));
    }
    RangeResponse chunk = answer.chunk();
    if (chunk != null) {
      client.streams().letIn(stream);
      stream.call().request(1);
      take(chunk);
      return chunk.getKvsList();
    }
    Status end = answer.end();
    if (end != null && !end.isOk()) {
      throw client.streams().failed(stream, end);
    }
    // The last chunk tells what all of them together are.
    ResponseHeader header = last.getHeader();
    if (last.getCount() != received
        || header.getRevision() != expected.getRevision()
        || header.getClusterId() != expected.getClusterId()) {
      throw invalidAnswer(
          "%d keys at revision %d, but announced %d keys at revision %d"
              .formatted(received, expected.getRevision(), last.getCount(), header.getRevision()));
    }
    return null;
  }

  private void take(RangeResponse chunk) throws IOException {
    for (KeyValue kv : chunk.getKvsList()) {
      if (Wire.compare(lastKey, kv.getKey()) >= 0) {
        throw invalidAnswer("keys out of order");
      }
      if (!range.contains(kv.getKey())) {
        throw invalidAnswer("key '%s' outside the range".formatted(Wire.bytes(kv.getKey())));
      }
      String flaw = AnswerCheck.flaw(kv, expected.getRevision());
      if (flaw != null) {
        throw invalidAnswer(flaw);
      }
      lastKey = kv.getKey();
    }
    received += chunk.getKvsCount();
    last = chunk;
  }

  /** Pages tell the same; so the next attempt is with these. */
  private IOException invalidAnswer(String what) {
    client.streams().lacksRangeStreams();
    return new IOException("%s: invalid answer to a read: %s".formatted(stream.member(), what));
  }

  @Override
  public void close() {
    stream.call().cancel("closed", null);
  }
}
