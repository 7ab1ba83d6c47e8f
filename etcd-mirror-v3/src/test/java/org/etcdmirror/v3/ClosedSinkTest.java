package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.Patience;
import org.junit.jupiter.api.Test;

class ClosedSinkTest {

  private static final Selection EXPIRING = new Selection(List.of(Bytes.utf8("/conf/")), true);

  @Test
  void aSnapshotThatACloseOvertookLeavesNoThread() throws Exception {
    // Nothing is sent to it.
    V3Sink sink = V3Sink.of("http://127.0.0.1:1");
    IndexStore unused = sink.indexStore("closed");
    sink.close();
    // A thread belongs to the group of the one that made it.
    ThreadGroup group = new ThreadGroup("late");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread late =
        new Thread(
            group,
            () -> {
              try {
                sink.snapshot(EXPIRING).close();
                failure.complete(new AssertionError("a closed sink was read"));
              } catch (Throwable e) {
                failure.complete(e);
              }
            });
    late.start();
    assertThat(failure.get(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ClosedException.class);
    late.join();
    assertThat(group.activeCount()).isZero();
  }
}
