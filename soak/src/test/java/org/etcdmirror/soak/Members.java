package org.etcdmirror.soak;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.testkit.etcd.Http;
import org.jspecify.annotations.Nullable;

/** Sends a request to the member that answered last, else to the others. */
final class Members {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final List<URI> urls;
  private final AtomicInteger preferred = new AtomicInteger();

  Members(List<URI> urls) {
    this.urls = List.copyOf(urls);
  }

  List<URI> urls() {
    return urls;
  }

  /**
   * One request to one member. Where it is not answered, the next request goes to another.
   *
   * @throws IOException if there is no answer, or one that says that the server failed; what was
   *     sent may be carried out all the same
   */
  Http.Answer ask(String method, String path, @Nullable String body, String type)
      throws IOException {
    int number = preferred.get();
    URI uri = urls.get(number % urls.size()).resolve(path);
    try {
      Http.Answer answer = Http.request(method, uri, body, type, PATIENCE);
      if (answer.status() >= 500) {
        throw new IOException(uri + " answered " + answer.status() + ": " + answer.body());
      }
      return answer;
    } catch (IOException e) {
      preferred.compareAndSet(number, number + 1);
      throw e;
    }
  }
}
