package org.etcdmirror.webhooksink;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.EventSinkContract;
import org.etcdmirror.testkit.Patience;
import org.junit.jupiter.api.AfterEach;

/** The receiver is real HTTP, and what it holds is what the sink holds. */
class WebhookSinkContractTest extends EventSinkContract {

  private final Receiver receiver;

  WebhookSinkContractTest() throws IOException {
    this.receiver = Receiver.start();
  }

  @AfterEach
  void stopReceiver() {
    receiver.close();
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new WebhookSink(receiver.url(), Patience.PATIENCE, Duration.ZERO);
  }

  @Override
  protected List<MirrorEvent.Entry> contents(EventSink sink, Selection selection) {
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    for (Bytes prefix : selection.prefixes()) {
      receiver
          .data()
          .forEach((key, value) -> {
            if (KeyModel.BYTES.covers(prefix, key)) {
              entries.add(new MirrorEvent.Put(key, value, 0, null));
            }
          });
    }
    return entries;
  }
}
