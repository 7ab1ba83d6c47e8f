package org.etcdmirror.service.tiny;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/** Holds two keys at index 41, and never changes. */
public class TinySource implements EventSource {

  private static final SourceHead HEAD = new SourceHead("tiny", 41);

  @Override
  public KeyModel keyModel() {
    return KeyModel.PATHS;
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    return HEAD;
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    Iterator<MirrorEvent.Entry> entries =
        List.<MirrorEvent.Entry>of(put("/conftool/a", "one"), put("/conftool/b", "two")).iterator();
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return HEAD;
      }

      @Override
      public MirrorEvent.@Nullable Entry next() {
        return entries.hasNext() ? entries.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  private static Put put(String key, String value) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), HEAD.index(), null);
  }

  @Override
  public EventStream open(Selection selection, Start start) {
    CountDownLatch closed = new CountDownLatch(1);
    return new EventStream() {
      @Override
      public long startIndex() {
        return HEAD.index();
      }

      @Override
      public EventBatch poll(Duration timeout) throws IOException, InterruptedException {
        if (closed.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new IOException("the stream is closed");
        }
        return EventBatch.of(List.of(), HEAD.index(), HEAD.index());
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
  }

  @Override
  public void close() {}
}
