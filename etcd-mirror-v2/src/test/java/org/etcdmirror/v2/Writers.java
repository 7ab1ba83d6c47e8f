package org.etcdmirror.v2;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etcdmirror.testkit.etcd.V2Http;

/** Ordinary clients: each sends one request and waits for its answer. */
final class Writers {

  private Writers() {}

  /** Each writer puts {@code each} keys under its own directory. */
  static void write(URI server, String prefix, int writers, int each) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        String own = prefix + "/" + w + "/";
        all.add(
            threads.submit(() -> {
              V2Http http = new V2Http(server);
              for (int i = 0; i < each; i++) {
                http.put(own + i, "value " + i);
              }
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
