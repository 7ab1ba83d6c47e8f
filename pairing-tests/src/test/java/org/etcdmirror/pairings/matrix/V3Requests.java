package org.etcdmirror.pairings.matrix;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchResponse;

/** Says what the messages of API v3 are for, where the mirror's scope is one prefix. */
final class V3Requests {

  private static final ByteString OWN = ByteString.copyFromUtf8(OwnKeys.TREE);

  /** How a checkpoint says that its link was cut over. */
  private static final String MARK = "note.cutover=";

  private final ByteString prefix;

  V3Requests(String prefix) {
    this.prefix = ByteString.copyFromUtf8(prefix);
  }

  Asked request(String method, byte[] message) {
    try {
      if (method.equals(AuthGrpc.getAuthenticateMethod().getFullMethodName())) {
        return Asked.LOGIN;
      } else if (method.equals(KVGrpc.getRangeMethod().getFullMethodName())) {
        return read(RangeRequest.parseFrom(message));
      } else if (method.equals(KVGrpc.getTxnMethod().getFullMethodName())) {
        return write(TxnRequest.parseFrom(message));
      }
      return Asked.OTHER;
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  Asked answer(String method, byte[] message) {
    if (!method.equals(WatchGrpc.getWatchMethod().getFullMethodName())) {
      return Asked.OTHER;
    }
    try {
      boolean inScope =
          WatchResponse.parseFrom(message).getEventsList().stream()
              .anyMatch(event -> event.getKv().getKey().startsWith(prefix));
      return inScope ? Asked.EVENTS : Asked.OTHER;
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Asked read(RangeRequest read) {
    boolean entries =
        !read.getRangeEnd().isEmpty()
            && !read.getKeysOnly()
            && !read.getCountOnly()
            && read.getLimit() != 1
            && read.getKey().startsWith(prefix);
    return !entries ? Asked.OTHER : read.getRevision() == 0 ? Asked.READ : Asked.READ_ON;
  }

  private Asked write(TxnRequest write) {
    List<PutRequest> puts =
        Stream.concat(write.getSuccessList().stream(), write.getFailureList().stream())
            .filter(RequestOp::hasRequestPut)
            .map(RequestOp::getRequestPut)
            .toList();
    if (puts.stream().anyMatch(put -> put.getKey().startsWith(prefix))) {
      return Asked.WRITE;
    }
    List<PutRequest> own = puts.stream().filter(put -> put.getKey().startsWith(OWN)).toList();
    if (own.stream().anyMatch(put -> put.getValue().toStringUtf8().contains(MARK))) {
      return Asked.MARK;
    }
    return own.isEmpty() ? Asked.OTHER : Asked.SAVE;
  }
}
