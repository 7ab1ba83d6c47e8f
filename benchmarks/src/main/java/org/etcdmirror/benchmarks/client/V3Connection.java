package org.etcdmirror.benchmarks.client;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * One connection to a v3 server. Answers arrive on the thread of the connection, so what receives
 * them must not block. Safe for use by many threads.
 */
public final class V3Connection implements AutoCloseable {

  private final ManagedChannel channel;

  private V3Connection(ManagedChannel channel) {
    this.channel = channel;
  }

  /** A connection to a server, {@code http://HOST:PORT}. */
  public static V3Connection to(URI server) {
    return new V3Connection(
        ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
            .usePlaintext()
            .directExecutor()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build());
  }

  /** Reads and waits for the answer. */
  public RangeResponse range(RangeRequest request) {
    return ClientCalls.blockingUnaryCall(
        channel, KVGrpc.getRangeMethod(), CallOptions.DEFAULT, request);
  }

  /** Writes and waits for the answer. */
  public TxnResponse transact(TxnRequest request) {
    return ClientCalls.blockingUnaryCall(
        channel, KVGrpc.getTxnMethod(), CallOptions.DEFAULT, request);
  }

  /** Writes without waiting. */
  public void transact(TxnRequest request, StreamObserver<TxnResponse> answer) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(KVGrpc.getTxnMethod(), CallOptions.DEFAULT), request, answer);
  }

  /** Opens a stream of watches. */
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT), answers);
  }

  /** The newest revision. */
  public long revision() {
    return range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("r")).build())
        .getHeader()
        .getRevision();
  }

  /** Ends it at once; harmless when repeated. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
