package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.testkit.fault.FakeV2Server;
import org.etcdmirror.testkit.fault.FakeV2Server.Answer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mirror backs off from a server that yields no progress, and its status shows it. */
@Timeout(120)
class V2NoProgressTest {

  private static final Duration MEASURED = Duration.ofSeconds(5);

  /** Without back-off it would be 2,000, at 414 requests a second. */
  private static final int MOST_REQUESTS = 200;

  private static final String TREE =
      "{\"action\":\"get\",\"node\":{\"key\":\"/conf\",\"dir\":true,\"modifiedIndex\":7,\"createdIndex\":7}}";

  /** How the server answers a watch; it answers all other requests normally. */
  enum Flood {
    ENDS_AT_ONCE(request -> Answer.ok(9, "")),
    EMPTY_LINES(request -> Answer.watch(9, "\n\n\n")),
    FOREIGN_LINES(request -> Answer.watch(9, "<html></html>\n")),
    FOREIGN_KEYS(request ->
        Answer.watch(
            9,
            "{\"action\":\"set\",\"node\":{\"key\":\"/x\",\"value\":\"1\",\"modifiedIndex\":10,\"createdIndex\":10}}\n")),
    OLD_EVENTS_AND_AN_END(request ->
        Answer.ok(
            9,
            "{\"action\":\"set\",\"node\":{\"key\":\"/conf/x\",\"value\":\"1\",\"modifiedIndex\":9,\"createdIndex\":9}}\n")),
    ABSENT(request -> Answer.absent(9)),
    EMPTY_PAGE(request -> new Answer(200, "9", "")),
    CLEARED(request ->
        new Answer(
            400,
            "9",
            "{\"errorCode\":401,\"message\":\"cleared\",\"cause\":\"[8/7]\",\"index\":9}"));

    private final Function<String, Answer> watch;

    Flood(Function<String, Answer> watch) {
      this.watch = watch;
    }

    private Answer answer(String request) {
      if (request.contains("wait=true")) {
        return watch.apply(request);
      }
      return request.contains("_etcd-mirror") ? Answer.absent(9) : Answer.ok(9, TREE);
    }
  }

  @ParameterizedTest
  @EnumSource(Flood.class)
  @Execution(CONCURRENT)
  void mirrorBacksOffFromUselessAnswersAndReportsError(Flood flood) throws Exception {
    try (FakeV2Server server = new FakeV2Server(flood::answer);
        EtcdMirror mirror =
            EtcdMirror.builder()
                .source(V2Source.builder().endpoints(server.url().toString()).build())
                .sink(InMemorySink.paths())
                .indexStore(new InMemoryIndexStore())
                .scope(MirrorScope.of("/conf"))
                .build()) {
      mirror.start();
      Mirroring.eventually(
          "shown", () -> assertThat(mirror.status().counters().retries()).isGreaterThan(3));
      int before = server.requests();
      long end = System.nanoTime() + MEASURED.toNanos();
      int fine = 0;
      int looks = 0;
      for (; System.nanoTime() - end < 0; TimeUnit.MILLISECONDS.sleep(50)) {
        MirrorStatus status = mirror.status();
        looks++;
        if (status.caughtUp() || status.state() == MirrorState.FOLLOWING) {
          fine++;
        }
      }
      assertThat(server.requests() - before).as("requests").isLessThan(MOST_REQUESTS);
      assertThat(fine).as("status reads of %d without a problem", looks).isLessThan(looks / 10);
      assertThat(mirror.status().lastError()).contains(server.url().toString());
      assertThat(mirror.status().index()).isLessThanOrEqualTo(9);
    }
  }
}
