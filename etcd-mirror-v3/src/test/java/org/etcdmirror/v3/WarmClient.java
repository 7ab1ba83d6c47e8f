package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.util.stream.Stream;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;

/**
 * A client whose first call is not the one that loads all of gRPC, which may outlast a deadline.
 */
public final class WarmClient {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/k")).setLimit(1).build();

  private WarmClient() {}

  /** Returns a client that has not made a call yet. */
  public static V3Client connect(Object... endpoints) throws Exception {
    var addresses = Stream.of(endpoints).map(Object::toString).toList();
    try (V3Client first = V3Client.connect(addresses, Access.ANONYMOUS)) {
      for (boolean warm = false; !warm; ) {
        try {
          warm = first.call(KVGrpc.getRangeMethod(), READ).hasHeader();
        } catch (V3ErrorException e) {
          if (e.problem() != V3Problem.MEMBER_FAILED) {
            throw e;
          }
        }
      }
    }
    return V3Client.connect(addresses, Access.ANONYMOUS);
  }
}
