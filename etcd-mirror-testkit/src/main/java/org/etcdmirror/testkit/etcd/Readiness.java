package org.etcdmirror.testkit.etcd;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits until an etcd answers requests, or says why it does not. */
final class Readiness {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final Duration REQUEST = Duration.ofSeconds(2);

  /** Where etcd 3.3 has its gateway; later ones still answer there. */
  private static final String MEMBERS = "/v3beta/cluster/member/list";

  private Readiness() {}

  static void await(EtcdProcess process, boolean v2) {
    await(process, v2, PATIENCE);
  }

  /**
   * Waits.
   *
   * @throws EtcdStartException if the process ended, or is not ready in time
   */
  static void await(EtcdProcess process, boolean v2, Duration patience) {
    long start = System.nanoTime();
    while (true) {
      @Nullable String missing = missing(process, v2);
      if (missing == null) {
        return;
      }
      if (process.ends(PAUSE)) {
        throw new EtcdStartException("etcd ended while it was starting", process.tailOfLog());
      }
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new EtcdStartException(
            "etcd at %s is not ready after %d s: %s"
                .formatted(process.clientUrl(), patience.toSeconds(), missing),
            process.tailOfLog());
      }
    }
  }

  /** The first condition that is not met, or null if all are. */
  private static @Nullable String missing(EtcdProcess process, boolean v2) {
    URI url = process.clientUrl();
    try {
      if (get(url, "/version").status() != 200) {
        return "GET /version failed";
      }
      Http.Answer health = get(url, "/health");
      if (health.status() != 200 || !health.body().contains("true")) {
        return "not healthy: " + health.body();
      }
      if (v2 && get(url, "/v2/keys/").status() != 200) {
        return "GET /v2/keys/ failed";
      }
      // The port might have been taken by another etcd in the meantime; ours is known by its name.
      Http.Answer members =
          Http.request("POST", url.resolve(MEMBERS), "{}", "application/json", REQUEST);
      return members.status() == 200 && !members.body().contains("\"" + process.name() + "\"")
          ? process.name() + " is not the member that answers: " + members.body()
          : null;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Http.Answer get(URI url, String path) throws IOException {
    return Http.request("GET", url.resolve(path), null, "", REQUEST);
  }
}
