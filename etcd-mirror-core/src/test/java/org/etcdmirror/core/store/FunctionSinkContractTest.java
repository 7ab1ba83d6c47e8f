package org.etcdmirror.core.store;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.EventSinkContract;

/** A sink of one function cannot be read, so the test knows what it did. */
class FunctionSinkContractTest extends EventSinkContract {

  private final InMemorySink done = InMemorySink.bytes();

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return EventSink.of(KeyModel.BYTES, EventSink.DataLife.PROCESS, done::apply);
  }

  @Override
  protected List<MirrorEvent.Entry> contents(EventSink sink, Selection selection)
      throws IOException, InterruptedException {
    return super.contents(done, selection);
  }
}
