package org.etcdmirror.customsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.customsink.Batches.ROOT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar of this module in the real service, on a real etcd. */
@Tag("long")
@Timeout(600)
@EtcdTest
class PluginTest {

  private static final String NGINX = ROOT + "/eqiad/appserver/nginx/";
  private static final int SOMETHING_DIFFERS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static EtcdServer etcd;
  private static Path jar;

  private final Path directory;

  PluginTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  static void packPlugin(@TempDir Path shared, EtcdServer server) {
    jar = Service.pack(shared);
    etcd = server;
  }

  @Test
  void fileOfPoolsFollowsTheSourceAndGoesOnAfterARestart() throws Exception {
    V2Http source = new V2Http(etcd.clientUrl());
    source.put(NGINX + "mw1", "{\"weight\": 10, \"pooled\": \"yes\"}");
    Path file = directory.resolve("pools.json");
    try (Service service = onClassPath("run", "/conftool", "pools:" + file)) {
      awaitIn(service, file, "\"mw1\":{\"weight\":10,\"pooled\":\"yes\"}");
      source.put(NGINX + "mw1", "{\"weight\": 10, \"pooled\": \"no\"}");
      awaitIn(service, file, "\"mw1\":{\"weight\":10,\"pooled\":\"no\"}");
      service.stop();
    }
    source.put(NGINX + "mw2", "{\"weight\": 20, \"pooled\": \"yes\"}");
    try (Service service = inDirectory("run", "/conftool", "pools:" + file)) {
      awaitIn(service, file, "\"mw2\":{\"weight\":20,\"pooled\":\"yes\"}");
      service.stop();
      assertThat(service.toString())
          .containsOnlyOnce("first copy at index")
          .doesNotContain("resync at index");
    }
  }

  @Test
  void verifyDetectsAndOnceRepairsADriftedPoolFile() throws Exception {
    V2Http source = new V2Http(etcd.clientUrl());
    source.put(NGINX + "mw1", "{\"weight\": 10, \"pooled\": \"yes\"}");
    Path file = directory.resolve("pools.json");
    assertThat(ends("once", file)).isZero();
    assertThat(ends("verify", file)).isZero();
    try (PoolFile drifted = new PoolFile(file, ROOT)) {
      drifted.apply(Batches.batch(Batches.delete(NGINX + "mw1", 1)));
    }
    assertThat(ends("plan", file)).isEqualTo(SOMETHING_DIFFERS);
    assertThat(ends("verify", file)).isEqualTo(SOMETHING_DIFFERS);
    assertThat(ends("once", file)).isZero();
    assertThat(ends("verify", file)).isZero();
  }

  private int ends(String command, Path file) throws Exception {
    try (Service service = onClassPath(command, "/conftool", "pools:" + file)) {
      return service.exitCode();
    }
  }

  private Service onClassPath(String command, String prefix, String sink) throws IOException {
    return Service.start(directory.resolve("log"), List.of(jar), args(command, prefix, sink));
  }

  private Service inDirectory(String command, String prefix, String sink) throws IOException {
    List<String> args = args(command, prefix, sink);
    args.addAll(List.of("--plugins", jar.resolveSibling("").toString()));
    return Service.start(directory.resolve("log"), List.of(), args);
  }

  private static List<String> args(String command, String prefix, String sink) {
    List<String> args = new ArrayList<>();
    args.addAll(List.of(command, "--source", "v2:" + etcd.clientUrl(), "--sink", sink));
    args.addAll(List.of("--prefix", prefix));
    if (command.equals("run")) {
      args.addAll(List.of("--http", "none"));
    }
    return args;
  }

  private static void awaitIn(Service service, Path file, String content) {
    await()
        .atMost(PATIENCE)
        .until(() -> !service.isAlive() || (Files.exists(file) && holds(file, content)));
    assertThat(service.isAlive()).as(service::toString).isTrue();
  }

  private static boolean holds(Path file, String content) {
    try {
      return Files.readString(file).contains(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
