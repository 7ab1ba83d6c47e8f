package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Checkpoint;

/**
 * Looks at a sink all the time while somebody mirrors into it: what it holds must be what the
 * source held at the index that is stored beside it.
 */
final class SecondReader implements AutoCloseable {

  private final V3Reader source;
  private final V3Reader sink;
  private final AtomicInteger looks = new AtomicInteger();
  private final CompletableFuture<Void> looking;
  private volatile boolean done;

  SecondReader(Collection<URI> source, Collection<URI> sink) {
    this.source = new V3Reader(source);
    this.sink = new V3Reader(sink);
    this.looking = CompletableFuture.runAsync(this::lookOn);
  }

  /** How often the two were found to agree. */
  int looks() {
    if (looking.isCompletedExceptionally()) {
      looking.join();
    }
    return looks.get();
  }

  private void lookOn() {
    while (!done) {
      try {
        look();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } catch (IOException memberIsDown) {
        Thread.onSpinWait();
      }
    }
  }

  private void look() throws IOException, InterruptedException {
    V3Reader.View view = sink.view();
    if (view.checkpoint().isEmpty()) {
      return;
    }
    Checkpoint checkpoint = view.checkpoint().get();
    if (checkpoint.index() > 0 && checkpoint.applying() == 0) {
      assertThat(view.values())
          .as("the sink at stored index %d", checkpoint.index())
          .isEqualTo(source.values(checkpoint.index()));
      looks.incrementAndGet();
    }
  }

  /** Ends with what was found wrong, if anything was. */
  @Override
  public void close() {
    done = true;
    try {
      looking.join();
    } finally {
      source.close();
      sink.close();
    }
  }
}
