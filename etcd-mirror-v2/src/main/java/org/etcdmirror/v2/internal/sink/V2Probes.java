package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Failures;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.read.V2Head;

/**
 * Finds out whether an endpoint answers a quorum read. A read that takes long goes on by itself,
 * and the next question learns what became of it. One read an endpoint at a time.
 */
public final class V2Probes {

  /** The one who asks has other things to do. */
  private static final long WAIT_MILLIS = 200;

  /** The reaction of an endpoint. */
  private enum Reply {
    ANSWER,
    REFUSED,
    NOTHING
  }

  private final V2Client client;
  private final Supplier<String> path;
  private final Map<HttpUrl, CompletableFuture<Reply>> running = new ConcurrentHashMap<>();

  /**
   * Creates the probes; sends none yet.
   *
   * @param path a path that the user may read
   */
  public V2Probes(V2Client client, Supplier<String> path) {
    this.client = client;
    this.path = path;
  }

  /** A write to the endpoint was lost: what is asked already proves nothing any more. */
  public void lost(String endpoint) {
    running.keySet().removeIf(url -> V2Endpoints.text(url).equals(endpoint));
  }

  /** Answers {@link V2Sink#answers}. */
  public boolean answers(String endpoint) throws InterruptedException {
    List<HttpUrl> all = client.endpoints();
    if (all.isEmpty()) {
      // DNS has named none yet.
      return false;
    }
    List<HttpUrl> one = all.stream().filter(url -> V2Endpoints.text(url).equals(endpoint)).toList();
    for (HttpUrl url : one.isEmpty() ? all : one) {
      ask(url);
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    boolean settled = true;
    for (HttpUrl url : one.isEmpty() ? all : one) {
      Reply reply = await(url, deadline);
      if (reply == Reply.NOTHING) {
        // Else the comparison that comes next would ask the silent one first, and wait for it.
        client.avoid(url);
      }
      settled &= reply == Reply.ANSWER || (one.isEmpty() && reply == Reply.REFUSED);
    }
    return settled;
  }

  private void ask(HttpUrl url) {
    running.computeIfAbsent(
        url,
        endpoint -> {
          CompletableFuture<Reply> reply = new CompletableFuture<>();
          try {
            client.executor().execute(() -> complete(reply, endpoint));
          } catch (RejectedExecutionException e) {
            reply.complete(Reply.NOTHING);
          }
          return reply;
        });
  }

  private Reply await(HttpUrl url, long deadline) throws InterruptedException {
    CompletableFuture<Reply> reply = running.get(url);
    if (reply == null) {
      return Reply.NOTHING;
    }
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      Reply found = reply.get(left, TimeUnit.NANOSECONDS);
      running.remove(url, reply);
      return found;
    } catch (TimeoutException | ExecutionException e) {
      return Reply.NOTHING;
    }
  }

  /** Whatever happens, or this endpoint would never be asked again. */
  private void complete(CompletableFuture<Reply> reply, HttpUrl endpoint) {
    Reply found = Reply.NOTHING;
    try {
      found = read(endpoint);
    } finally {
      reply.complete(found);
    }
  }

  private Reply read(HttpUrl endpoint) {
    try {
      V2Head.readFrom(client, endpoint, path.get());
      return Reply.ANSWER;
    } catch (RuntimeException e) {
      return V2Failures.isDenial(e) ? Reply.ANSWER : Reply.NOTHING;
    } catch (IOException e) {
      if (V2Failures.isDenial(e)) {
        return Reply.ANSWER;
      }
      return e.getCause() instanceof ConnectException ? Reply.REFUSED : Reply.NOTHING;
    } catch (InterruptedException e) {
      return Reply.NOTHING;
    }
  }
}
