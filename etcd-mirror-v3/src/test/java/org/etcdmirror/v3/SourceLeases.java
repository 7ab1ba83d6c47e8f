package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseKeepAliveRequest;
import org.etcdmirror.v3.rpc.LeaseKeepAliveResponse;
import org.etcdmirror.v3.rpc.LeaseRevokeRequest;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/** The leases of a server, and keys on them. */
final class SourceLeases implements AutoCloseable {

  private final V3Client client;

  SourceLeases(String endpoint) {
    client = V3Client.connect(List.of(endpoint), Access.ANONYMOUS);
  }

  long grant(long id, long seconds) throws Exception {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setID(id).setTTL(seconds).build();
    try {
      return patiently(LeaseGrpc.getLeaseGrantMethod(), request).getID();
    } catch (V3ErrorException e) {
      if (e.leaseExists()) {
        return id;
      }
      throw e;
    }
  }

  /** Puts a key on a lease, or on none with 0. */
  long put(String key, String value, long id) throws Exception {
    RequestOp op =
        RequestOp.newBuilder()
            .setRequestPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))
                    .setLease(id))
            .build();
    TxnRequest put = TxnRequest.newBuilder().addSuccess(op).build();
    return patiently(KVGrpc.getTxnMethod(), put).getHeader().getRevision();
  }

  /** A slow machine may need more than one deadline to connect. */
  private <Q, R> R patiently(MethodDescriptor<Q, R> method, Q request) throws Exception {
    while (true) {
      try {
        return client.call(method, request);
      } catch (V3ErrorException e) {
        if (e.problem() != V3Problem.MEMBER_FAILED) {
          throw e;
        }
      }
    }
  }

  /** Revokes a lease, which deletes all keys on it. */
  void revoke(long id) throws Exception {
    patiently(LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(id).build());
  }

  /** Keeps a lease alive once. */
  void keepAlive(long id) throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
        client.streams().open(LeaseGrpc.getLeaseKeepAliveMethod()).call();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(LeaseKeepAliveResponse answer) {
            left.complete(answer.getTTL());
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    if (left.get(60, TimeUnit.SECONDS) <= 0) {
      throw new AssertionError("there is no lease " + id);
    }
    call.cancel("kept alive", null);
  }

  @Override
  public void close() {
    client.close();
  }
}
