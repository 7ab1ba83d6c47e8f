package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;

/**
 * Tells which refusals are final. Only etcd's own header makes one certain, as proxies copy etcd's
 * words. Safe for use by many threads.
 */
public final class V2Refusals {

  private static final long LONGEST_VERSION = 1024;

  private final Refusals refusals;

  V2Refusals(Refusals refusals) {
    this.refusals = refusals;
  }

  /** The client has these endpoints from now on. */
  void endpointsAre(List<String> all) {
    refusals.endpointsAre(all);
  }

  /** A request was answered by etcd: it may be asked. */
  public void letIn(V2Request request) {
    refusals.succeeded(request.work(), request.asked());
  }

  /**
   * The failure that a response stands for; the caller throws it and closes the response.
   *
   * @throws PermanentException if repeating will not help
   */
  public IOException failure(Response response, V2Request request) throws IOException {
    IOException failure = V2Failures.of(response, request.key());
    if (failure instanceof V2RefusedException refused) {
      return judged(refused, request, V2Endpoints.text(response.request().url()));
    }
    if (failure instanceof V2ErrorException error && !error.serverFailed()) {
      letIn(request);
    }
    return failure;
  }

  private IOException judged(V2RefusedException refused, V2Request request, String endpoint) {
    // A member without v2 says nothing of the other endpoints, which the round asks as well.
    boolean certain = refused.isByEtcd() && !(refused instanceof V2NoApiException);
    boolean isFinal = refusals.isFinal(request.work(), request.asked(), endpoint, certain);
    String note = refusals.note(request.asked());
    if (isFinal) {
      throw new PermanentException(refused.getMessage() + note, refused);
    }
    return refused.with(note);
  }

  /**
   * Whether all failures are of endpoints without v2. At least one must be an etcd, as a proxy may
   * say so for a while.
   */
  static boolean withoutApi(
      List<IOException> failures, List<HttpUrl> endpoints, OkHttpClient client) {
    return failures.stream().allMatch(V2NoApiException.class::isInstance)
        && (failures.stream().anyMatch(failure -> ((V2NoApiException) failure).isByEtcd())
            || endpoints.stream().anyMatch(endpoint -> isEtcd(endpoint, client)));
  }

  /** Whether etcd's page of its version is there, which it shows without v2 and to everybody. */
  private static boolean isEtcd(HttpUrl endpoint, OkHttpClient client) {
    Request version = new Request.Builder().url(endpoint.newBuilder("/version").build()).build();
    try (Response response = client.newCall(version).execute()) {
      return response.isSuccessful()
          && response.peekBody(LONGEST_VERSION).string().contains("\"etcdserver\"");
    } catch (IOException unreachable) {
      // The next round may learn more.
      return false;
    }
  }
}
