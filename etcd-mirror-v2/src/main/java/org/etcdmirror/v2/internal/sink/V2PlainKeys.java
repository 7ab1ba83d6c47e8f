package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys of a source that knows no directories. etcd makes those that are needed; here they
 * are removed when the last value is gone from them. A value never makes room for another.
 */
public final class V2PlainKeys {

  private final V2Client client;
  private final V2Writer writer;
  private final V2SizedWriter sized;
  private final V2Pipeline pipeline;
  private final V2EmptyDirectories directories;

  /** The refused entries of the current batch. */
  private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

  /** Keys of the batch in hand that were deleted from where there was no value above them. */
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();

  public V2PlainKeys(V2Client client, V2Writer writer, V2Owned owned, int maxInFlight) {
    this.client = client;
    this.writer = writer;
    this.sized = new V2SizedWriter(this::write);
    this.pipeline = new V2Pipeline(client, sized, maxInFlight);
    this.directories = new V2EmptyDirectories(client, owned, maxInFlight);
  }

  /**
   * Writes all that can be.
   *
   * @throws UnsupportedEntryException for what a value above or below does not let be, or is too
   *     large
   */
  public void apply(List<MirrorEvent> events) throws IOException, InterruptedException {
    refusals.clear();
    sized.begin();
    deleted.clear();
    for (List<MirrorEvent> wave : V2Waves.of(events)) {
      pipeline.write(wave);
    }
    directories.removeAbove(deleted, events);
    refusals.addAll(sized.refusals());
    if (!refusals.isEmpty()) {
      throw new UnsupportedEntryException(List.copyOf(refusals));
    }
  }

  private void write(MirrorEvent event) throws IOException, InterruptedException {
    if (event instanceof Put put) {
      put(writer.writable(put), put);
    } else if (event instanceof Delete) {
      delete(writer.writable(event));
    } else {
      writer.write(event);
    }
  }

  private void put(String path, Put put) throws IOException, InterruptedException {
    V2Request request = V2Writer.putRequest(path, put);
    for (int attempt = 1; ; attempt++) {
      try {
        client.send(request);
        return;
      } catch (V2ErrorException e) {
        if (attempt == V2Writer.ATTEMPTS) {
          throw e;
        }
        Refusal refusal = refusal(path, put, e);
        if (refusal != null) {
          refusals.add(refusal);
          return;
        }
      }
    }
  }

  /** The obstacle; null if it is gone. */
  private @Nullable Refusal refusal(String path, Put put, V2ErrorException e)
      throws IOException, InterruptedException {
    if (e.errorCode() == V2ErrorException.NOT_A_DIRECTORY) {
      String above = writer.valueAbove(path);
      return above == null
          ? null
          : new Refusal(put.key(), "its parent '" + above + "' holds a value", Bytes.utf8(above));
    } else if (e.errorCode() == V2ErrorException.NOT_A_FILE) {
      String below = directories.removeOrFind(path);
      return below == null
          ? null
          : new Refusal(put.key(), "'" + below + "' below it holds a value", Bytes.utf8(below));
    }
    throw e;
  }

  private void delete(String path) throws IOException, InterruptedException {
    if (directories.delete(path)) {
      deleted.add(path);
    }
  }
}
