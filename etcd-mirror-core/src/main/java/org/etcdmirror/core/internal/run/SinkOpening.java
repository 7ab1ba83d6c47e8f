package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sink once, after the checkpoint was loaded, and remembers with what. A checkpoint that
 * is loaded later, because the sink was restored, may name more former prefixes. A sink cannot be
 * opened again, so nothing is read or deleted there in this run. Safe for use by many threads.
 */
public final class SinkOpening {

  private static final long CLOSING_MILLIS = 50;

  private final EventSink sink;
  private final String link;
  private final KeyMapper mapper;
  private final CountDownLatch opened = new CountDownLatch(1);
  private @Nullable SinkContext context;

  public SinkOpening(EventSink sink, String link, KeyMapper mapper) {
    this.sink = sink;
    this.link = link;
    this.mapper = mapper;
  }

  /**
   * Opens the sink, unless it is open already.
   *
   * @param formerPrefixes what the loaded checkpoint says that this link owned before
   */
  public synchronized void open(List<Bytes> formerPrefixes) {
    if (context == null) {
      SinkContext next =
          new SinkContext(link, mapper.eventModel(), mapper.targetPrefixes(), formerPrefixes);
      sink.open(next);
      context = next;
      opened.countDown();
    }
  }

  /**
   * Waits for a mirror that was started to open its sink.
   *
   * @param closing ends the wait
   * @return false if that did not happen in time
   */
  public boolean await(Duration patience, Shutdown closing) throws InterruptedException {
    long began = System.nanoTime();
    while (!opened.await(CLOSING_MILLIS, TimeUnit.MILLISECONDS)) {
      if (closing.hasBegun() || System.nanoTime() - began >= patience.toNanos()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the sink's prefix is the mirror's in this run; any prefix is before the sink is open.
   */
  public synchronized boolean covers(Bytes prefix) {
    return context == null
        || isIn(context.prefixes(), prefix)
        || isIn(context.formerPrefixes(), prefix);
  }

  private boolean isIn(List<Bytes> prefixes, Bytes prefix) {
    return prefixes.stream().anyMatch(one -> mapper.prefixModel().covers(one, prefix));
  }
}
