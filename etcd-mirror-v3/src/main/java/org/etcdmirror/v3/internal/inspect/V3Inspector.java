package org.etcdmirror.v3.internal.inspect;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.ClusterInspector;
import org.etcdmirror.api.internal.LimitedTransactions;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.jspecify.annotations.Nullable;

/** Inspects an etcd v3 cluster. */
final class V3Inspector implements ClusterInspector, LimitedTransactions {

  private final V3Client client;
  private final V3Auth auth;
  private @Nullable Grants grants;

  V3Inspector(List<String> endpoints, Access access) {
    this.client = V3Client.connect(endpoints, access);
    this.auth = new V3Auth(client, endpoints, access);
  }

  @Override
  public List<MissingRight> missingToRead(List<Bytes> prefixes)
      throws IOException, InterruptedException {
    return missing(List.of(KeyRange.covering(prefixes)), Right.READ);
  }

  @Override
  public List<MissingRight> missingToWrite(
      List<Bytes> prefixes, String link, @Nullable Bytes indexKey)
      throws IOException, InterruptedException {
    List<KeyRange> ranges = new ArrayList<>(KeyRange.of(prefixes));
    Bytes key = indexKey == null ? Wire.checkpointKey(link) : indexKey;
    ranges.add(KeyRange.single(Wire.wire(key)));
    return missing(ranges, Right.READWRITE);
  }

  @Override
  public List<MissingRight> missingToLead(String link) throws IOException, InterruptedException {
    return missing(List.of(KeyRange.single(Wire.wire(Wire.leaderKey(link)))), Right.READWRITE);
  }

  @Override
  public List<MissingRight> missingToSeeLinks() throws IOException, InterruptedException {
    return missing(List.of(KeyRange.of(Wire.OWN)), Right.READ);
  }

  private List<MissingRight> missing(List<KeyRange> ranges, Right right)
      throws IOException, InterruptedException {
    Grants known = known();
    List<MissingRight> missing = new ArrayList<>();
    for (KeyRange range : ranges) {
      if (!known.allow(range, right)) {
        missing.add(known.missing(range, right));
      }
    }
    return missing;
  }

  private Grants known() throws IOException, InterruptedException {
    Grants known = grants;
    if (known == null) {
      known = auth.grants();
      grants = known;
    }
    return known;
  }

  /** By a transaction of reads, which the servers count before they look at it. */
  @Override
  public boolean acceptOperations(int count, Bytes key) throws IOException, InterruptedException {
    ByteString wire = key.isEmpty() ? KeyRange.FIRST_KEY : Wire.wire(key);
    RequestOp read =
        RequestOp.newBuilder()
            .setRequestRange(RangeRequest.newBuilder().setKey(wire).setKeysOnly(true).setLimit(1))
            .build();
    try {
      client.read(
          KVGrpc.getTxnMethod(),
          TxnRequest.newBuilder().addAllSuccess(Collections.nCopies(count, read)).build());
      return true;
    } catch (V3PermanentException e) {
      if (e.tooManyOperations()) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
