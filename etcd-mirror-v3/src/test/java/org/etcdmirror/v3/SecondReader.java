package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Checkpoint;

/**
 * Reads a sink continuously while a mirror writes to it: its content must equal what the source
 * held at the index that the sink stores with it.
 */
final class SecondReader implements AutoCloseable {

  /** Each look reads all of both sides. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final V3Reader source;
  private final V3Reader sink;
  private final AtomicInteger looks = new AtomicInteger();
  private final Paced looking;

  SecondReader(Collection<URI> source, Collection<URI> sink) {
    this.source = new V3Reader(source);
    this.sink = new V3Reader(sink);
    this.looking = new Paced(PAUSE, this::look);
  }

  /** How many reads found the two equal. */
  int looks() {
    looking.check();
    return looks.get();
  }

  private void look() throws InterruptedException {
    try {
      compare(sink.view());
    } catch (IOException memberIsDown) {
      // The next read may reach another member.
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

  /** Stops reading, and fails if a read found a difference. */
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
