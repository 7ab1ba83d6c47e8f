package org.etcdmirror.api.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;

/** A sink of one function. */
public record FunctionSink(
    KeyModel keyModel, EventSink.DataLife life, EventSink.BatchConsumer function)
    implements EventSink {

  /** Refuses nulls. */
  public FunctionSink {
    requireNonNull(keyModel, "keyModel");
    requireNonNull(life, "life");
    requireNonNull(function, "function");
  }

  @Override
  public boolean isDurable() {
    return life == EventSink.DataLife.DURABLE;
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    function.apply(batch);
  }

  @Override
  public void close() {}
}
