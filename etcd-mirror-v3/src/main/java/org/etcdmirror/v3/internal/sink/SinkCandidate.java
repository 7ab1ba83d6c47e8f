package org.etcdmirror.v3.internal.sink;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Lead;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseRevokeRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * Leads by a key on a lease. The key is only taken where it is missing or its lease has ended, so
 * it has one owner, and its lease says which. That avoids that two members write in turn; what
 * keeps a deposed member from writing is the fence of its sink.
 */
public final class SinkCandidate implements Candidate {

  private static final String LINE = "leader=";

  private final V3Client client;
  private final Bytes key;
  private final String member;
  private final Duration term;
  private final Supplier<EventSink> sinks;
  private final SinkKeepAlives keepAlives;
  private final SecureRandom random = new SecureRandom();

  private final LeaderLease leaders;

  /** The lease of this member's attempts; 0 if there is none. */
  private long lease;

  /**
   * A candidate.
   *
   * @param client used by this alone
   * @param sinks makes a sink for each time as leader
   */
  public SinkCandidate(
      V3Client client, String link, String member, Duration term, Supplier<EventSink> sinks) {
    this.client = client;
    this.key = Wire.leaderKey(link);
    this.member = member;
    this.term = term;
    this.sinks = sinks;
    this.keepAlives = new SinkKeepAlives(client);
    this.leaders = new LeaderLease(client, term);
  }

  @Override
  public Lead ask() throws IOException, InterruptedException {
    KeyValue found = first(client.read(KVGrpc.getRangeMethod(), range()));
    if (found == null) {
      return campaign(null);
    }
    if (isMine(found)) {
      // A lease that has just ended took the key along.
      return lives() ? mine() : campaign(null);
    }
    return leaders.hasEnded(found.getLease()) ? campaign(found) : lead(found);
  }

  private boolean lives() throws IOException, InterruptedException {
    return lease != 0 && keepAlives.renew(List.of(lease)).getOrDefault(lease, 0L) > 0;
  }

  private Lead mine() {
    return new Lead(member, true, 0);
  }

  /**
   * Takes the key if it is still as it was found. A lease of an attempt that is not known to have
   * failed is used again: its creation of the key may come late, and must not be another one's.
   *
   * @param ended the key, whose lease has ended; null if there is none
   */
  private Lead campaign(@Nullable KeyValue ended) throws IOException, InterruptedException {
    if (!lives()) {
      lease = 1 + random.nextLong(Long.MAX_VALUE);
      client.call(
          LeaseGrpc.getLeaseGrantMethod(),
          LeaseGrantRequest.newBuilder().setID(lease).setTTL(term.toSeconds()).build());
    }
    TxnResponse answer = client.call(KVGrpc.getTxnMethod(), take(ended));
    if (answer.getSucceeded()) {
      return mine();
    }
    KeyValue found = first(answer.getResponses(0).getResponseRange());
    if (found != null && isMine(found)) {
      return mine();
    }
    resign();
    return found == null ? Lead.NONE : lead(found);
  }

  private TxnRequest take(@Nullable KeyValue ended) {
    ByteString text = ByteString.copyFromUtf8(LINE + member + "\n");
    return TxnRequest.newBuilder()
        .addCompare(
            Compare.newBuilder()
                .setResult(Compare.CompareResult.EQUAL)
                .setTarget(Compare.CompareTarget.MOD)
                .setKey(Wire.wire(key))
                .setModRevision(ended == null ? 0 : ended.getModRevision()))
        .addSuccess(SinkOp.put(key, text, lease))
        .addFailure(RequestOp.newBuilder().setRequestRange(range()))
        .build();
  }

  private RangeRequest range() {
    return RangeRequest.newBuilder().setKey(Wire.wire(key)).build();
  }

  private static @Nullable KeyValue first(RangeResponse answer) {
    return answer.getKvsCount() == 0 ? null : answer.getKvs(0);
  }

  /** Also if the answer to the creation was lost. */
  private boolean isMine(KeyValue found) {
    return lease != 0 && found.getLease() == lease;
  }

  private static Lead lead(KeyValue found) {
    String text = found.getValue().toStringUtf8().strip();
    return new Lead(text.startsWith(LINE) ? text.substring(LINE.length()) : text, false, 0);
  }

  /** Revokes the lease of this attempt alone, so a revoke that comes late harms no later one. */
  @Override
  public void resign() throws IOException, InterruptedException {
    if (lease == 0) {
      return;
    }
    try {
      client.call(
          LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(lease).build());
    } catch (V3ErrorException e) {
      if (!e.leaseNotFound()) {
        throw e;
      }
    }
    lease = 0;
  }

  /** Nothing: the fence refuses such writes. */
  @Override
  public void tellOfLateWrites() {}

  @Override
  public EventSink sink() {
    return sinks.get();
  }

  @Override
  public void close() {
    client.close();
  }
}
