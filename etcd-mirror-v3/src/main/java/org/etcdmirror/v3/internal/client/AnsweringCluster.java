package org.etcdmirror.v3.internal.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;

/**
 * Checks that one cluster answers a client's calls. A balancer, or an address that was switched,
 * may lead the connection of a watch to another cluster than the one of the calls; a mixture of two
 * would be mirrored then. Each answer's header names the cluster. Safe for use by many threads.
 *
 * <p>The id may change while a client lives: a cluster may be replaced behind its address. Whether
 * it was is for the mirror to say, which reads the head anew after each failure.
 */
public final class AnsweringCluster {

  /** The cluster of the last answer to a call; 0 for none yet. */
  private volatile long last;

  private volatile long term;

  /** The number of linearizable answers of an older raft term than the one before. */
  private volatile int termsGoneBack;

  /** Remembers who has answered a call. */
  synchronized void heard(Object answer) {
    ResponseHeader header = header(answer);
    if (header.getClusterId() == 0) {
      // etcd's grpc-proxy gives some answers of its own.
      return;
    }
    last = header.getClusterId();
    if (answer instanceof RangeResponse) {
      if (header.getRaftTerm() < term) {
        termsGoneBack++;
      }
      term = header.getRaftTerm();
    }
  }

  private static ResponseHeader header(Object answer) {
    if (answer instanceof Message message) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName("header");
      if (field != null && message.getField(field) instanceof ResponseHeader header) {
        return header;
      }
    }
    return ResponseHeader.getDefaultInstance();
  }

  /** Checks that a stream is answered by the same cluster as the calls. */
  public final class Membership {

    private final String stream;
    private final int termsGoneBackBefore = termsGoneBack;
    private long cluster;

    public Membership(String stream) {
      this.stream = stream;
    }

    /**
     * Looks at an answer of the stream.
     *
     * @throws IOException if another cluster answers the calls
     */
    public void heard(ResponseHeader header) throws IOException {
      if (header.getClusterId() != 0) {
        if (cluster != 0 && cluster != header.getClusterId()) {
          throw differ(header.getClusterId(), "but before by", cluster);
        }
        cluster = header.getClusterId();
      }
      check();
    }

    /**
     * Called before an answer of the stream is used.
     *
     * @throws IOException if another cluster answers the calls, or if the cluster may have been put
     *     back to an older state, for which the mirror looks after it has connected anew
     */
    public void check() throws IOException {
      long calls = last;
      if (cluster != 0 && calls != 0 && cluster != calls) {
        throw differ(cluster, "but calls to the same endpoints by", calls);
      }
      if (termsGoneBack != termsGoneBackBefore) {
        throw new IOException("raft term went back at %s; reconnecting".formatted(stream));
      }
    }

    private IOException differ(long now, String what, long other) {
      return new IOException(
          "%s is answered by cluster %x, %s cluster %x; name endpoints of one cluster, or wait while it is being replaced"
              .formatted(stream, now, what, other));
    }
  }
}
