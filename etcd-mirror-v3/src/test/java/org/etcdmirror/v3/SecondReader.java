package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Checkpoint;

/**
 * Looks at a sink all the time while somebody mirrors into it: what it holds must be what the
 * source held at the index that is stored beside it.
 */
final class SecondReader implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final V3Reader source;
  private final V3Reader sink;
  private final AtomicInteger looks = new AtomicInteger();
  private final Paced looking;

  SecondReader(Collection<URI> source, Collection<URI> sink) {
    this.source = new V3Reader(source);
    this.sink = new V3Reader(sink);
    this.looking = new Paced(PAUSE, this::look);
  }

  /** How often the two were found to agree. */
  int looks() {
    looking.check();
    return looks.get();
  }

  private void look() throws InterruptedException {
    try {
      compare(sink.view());
    } catch (IOException memberIsDown) {
      // The next look may find another.
    }
  }

  private void compare(V3Reader.View view) throws IOException, InterruptedException {
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
    try {
      looking.close();
    } finally {
      source.close();
      sink.close();
    }
  }
}
