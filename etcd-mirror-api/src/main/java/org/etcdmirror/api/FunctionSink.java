package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** A sink of one function. */
record FunctionSink(KeyModel keyModel, EventSink.DataLife life, EventSink.BatchConsumer function)
    implements EventSink {

  FunctionSink {
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
