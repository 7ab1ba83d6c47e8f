package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keys that etcd v2 hides produce no event on a watch of the whole keyspace, and yet they fill its
 * history of 1000 events.
 */
@Tag("long")
@Timeout(600)
class HiddenWritesTest {

  private static final int WRITES = 60_000;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void endThread() {
    thread.shutdownNow();
  }

  /** Both etcds keep one history; how fast it is filled makes the difference. */
  static Stream<Arguments> rates() {
    List<EtcdBinary> all = EtcdBinary.all();
    return Stream.of(Arguments.of(all.get(0), 1), Arguments.of(all.get(all.size() - 1), 16));
  }

  @ParameterizedTest(name = "{1} connections on {0}")
  @MethodSource("rates")
  void indexAdvancesWithoutAGapDuringAFloodOfHiddenWrites(EtcdBinary binary, int connections)
      throws Exception {
    try (EtcdServer sourceEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer sinkEtcd = EtcdServer.builder().binary(binary).start()) {
      WholeLink source = new WholeLink("v2", sourceEtcd, "back", null);
      WholeLink sink = new WholeLink("v2", sinkEtcd, "whole", null);
      source.keys().put("/app/x", "1");
      try (EtcdMirror mirror = source.to(sink).build()) {
        Future<PipelinedWriter.Result> flood =
            thread.submit(() ->
                PipelinedWriter.storm(
                    sourceEtcd.clientUrl(), "/_flood", connections, WRITES / connections));
        long before = source.keys().index();
        Link.eventually("the flood", () -> source.keys().index() > before + 100);
        mirror.start();
        assertThat(mirror.await(before + 3_000, PATIENCE)).isTrue();
        assertThat(flood.isDone()).as("the index moves only after the flood").isFalse();
        assertThat(flood.get().succeeded()).isEqualTo(WRITES / connections * connections);
        source.keys().put("/app/y", "2");
        assertThat(mirror.await(source.keys().index(), PATIENCE))
            .as(mirror.status().toString())
            .isTrue();
        assertThat(mirror.status().counters().resyncs())
            .as("the first copy; flood of %.0f/s", flood.get().perSecond())
            .isEqualTo(1);
        assertThat(sink.values()).containsEntry("/app/y", "2");
      }
    }
  }
}
