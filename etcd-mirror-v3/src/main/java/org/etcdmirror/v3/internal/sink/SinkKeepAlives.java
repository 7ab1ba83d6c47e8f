package org.etcdmirror.v3.internal.sink;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.internal.client.AnswerCheck;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ProtocolException;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseKeepAliveRequest;
import org.etcdmirror.v3.rpc.LeaseKeepAliveResponse;
import org.jspecify.annotations.Nullable;

/** Keeps leases alive through one stream that stays open. Used by one thread. */
public final class SinkKeepAlives {

  private static final int AT_ONCE = 1000;

  /** etcd tells 0 of a lease that is gone, and proxies -1. */
  private static final long GONE = -1;

  private final V3Client client;
  private @Nullable Stream kept;

  public SinkKeepAlives(V3Client client) {
    this.client = client;
  }

  /** The seconds that each lease lives from now on; 0 for one that is gone. */
  public Map<Long, Long> renew(Collection<Long> leases) throws IOException, InterruptedException {
    if (leases.isEmpty()) {
      return Map.of();
    }
    Stream old = kept;
    if (old != null) {
      try {
        return renew(old, leases);
      } catch (EndedException e) {
        // Perhaps long ago, as with a restart of the server; a new stream tells.
      }
    }
    return renew(new Stream(client), leases);
  }

  private Map<Long, Long> renew(Stream stream, Collection<Long> leases)
      throws IOException, InterruptedException {
    // Kept only when each answer was taken: the next one to come must be that to the next request.
    kept = null;
    try {
      Map<Long, Long> seconds = new HashMap<>();
      List<Long> all = new ArrayList<>(leases);
      for (int from = 0; from < all.size(); from += AT_ONCE) {
        stream.renew(all.subList(from, Math.min(all.size(), from + AT_ONCE)), seconds);
      }
      kept = stream;
      return seconds;
    } finally {
      if (kept == null) {
        stream.cancel();
      }
    }
  }

  /** The stream is no more; what it ended with is the cause. */
  private static final class EndedException extends IOException {

    private static final long serialVersionUID = 1L;

    EndedException(Throwable cause) {
      super("keep-alive of leases failed: " + cause.getMessage(), cause);
    }
  }

  private static final class Stream extends ClientCall.Listener<LeaseKeepAliveResponse> {

    private record Answer(@Nullable LeaseKeepAliveResponse response, @Nullable Status end) {}

    private final V3Client client;
    private final V3Stream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    Stream(V3Client client) throws IOException {
      this.client = client;
      this.stream = client.streams().open(LeaseGrpc.getLeaseKeepAliveMethod());
      stream.call().start(this, new Metadata());
    }

    @Override
    public void onMessage(LeaseKeepAliveResponse response) {
      client.streams().letIn(stream);
      answers.add(new Answer(response, null));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      answers.add(new Answer(null, status));
    }

    void renew(List<Long> leases, Map<Long, Long> seconds)
        throws IOException, InterruptedException {
      stream.call().request(leases.size());
      for (long lease : leases) {
        stream.call().sendMessage(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
      }
      Set<Long> asked = new HashSet<>(leases);
      for (int i = 0; i < leases.size(); i++) {
        LeaseKeepAliveResponse response = take();
        String flaw =
            asked.contains(response.getID())
                ? AnswerCheck.flaw(response.getID(), response.getTTL(), GONE)
                : "it answered for lease %x, which was not requested".formatted(response.getID());
        if (flaw != null) {
          client.streams().avoid(stream);
          throw new V3ProtocolException(
              stream.method().getFullMethodName(), stream.member().endpoint(), flaw);
        }
        seconds.put(response.getID(), Math.max(0, response.getTTL()));
      }
    }

    private LeaseKeepAliveResponse take() throws IOException, InterruptedException {
      Answer answer = answers.poll(client.deadline().toNanos(), TimeUnit.NANOSECONDS);
      LeaseKeepAliveResponse response = answer == null ? null : answer.response();
      if (response != null) {
        return response;
      }
      Status end = answer == null ? null : answer.end();
      if (end == null) {
        client.streams().avoid(stream);
        end = Status.DEADLINE_EXCEEDED.withDescription("no answer to a keep-alive");
      }
      throw new EndedException(client.streams().failed(stream, end));
    }

    void cancel() {
      stream.call().cancel("done", null);
    }
  }
}
