package org.etcdmirror.file;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;

/** The streams of a dump, in which nothing happens until they are closed. */
final class Streams {

  private final CountDownLatch closed = new CountDownLatch(1);

  EventStream open(long index) {
    return new Quiet(index, System.nanoTime(), closed, new CountDownLatch(1));
  }

  boolean areClosed() {
    return closed.getCount() == 0;
  }

  void close() {
    closed.countDown();
  }

  private record Quiet(long startIndex, long openedNanos, CountDownLatch all, CountDownLatch own)
      implements EventStream {

    private static final long LOOK_MILLIS = 100;

    @Override
    public EventBatch poll(Duration timeout) throws IOException, InterruptedException {
      long began = System.nanoTime();
      do {
        if (all.getCount() == 0 || own.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          throw new IOException("the stream of a dump was closed");
        }
      } while (System.nanoTime() - began < timeout.toNanos());
      return new EventBatch(List.of(), startIndex, startIndex, List.of(), openedNanos);
    }

    @Override
    public void close() {
      own.countDown();
    }
  }
}
