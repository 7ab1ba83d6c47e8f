package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.v2.internal.client.V2TooLargeException;

/** Writes single events, and passes over values that are too large, so that the others are. */
public final class V2SizedWriter implements V2Pipeline.EventWriter {

  private final V2Pipeline.EventWriter writer;

  /** The refused entries of the current batch. */
  private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

  public V2SizedWriter(V2Pipeline.EventWriter writer) {
    this.writer = writer;
  }

  @Override
  public void write(MirrorEvent event) throws IOException, InterruptedException {
    try {
      writer.write(event);
    } catch (V2TooLargeException e) {
      if (!(event instanceof Put put)) {
        throw e;
      }
      refusals.add(e.refusal(put));
    }
  }

  /** A batch begins. */
  public void begin() {
    refusals.clear();
  }

  /** The entries skipped since then. */
  List<Refusal> refusals() {
    return List.copyOf(refusals);
  }

  /**
   * A batch has ended.
   *
   * @throws UnsupportedEntryException for what was passed over
   */
  public void end() {
    if (!refusals.isEmpty()) {
      throw new UnsupportedEntryException(refusals());
    }
  }
}
