package org.etcdmirror.benchmarks.workload;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Entries;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/** Looks at both sides of a v3 link. Not safe for use by many threads. */
final class V3Observer implements AutoCloseable {

  private static final int MILLIS = 5;

  private final V3Connection source;
  private final V3Connection sink;

  V3Observer(URI source, URI sink) {
    this.source = V3Connection.to(source);
    this.sink = V3Connection.to(sink);
  }

  long sourceRevision() {
    return source.revision();
  }

  /** Waits for the first write at the sink. */
  long awaitWrite(Program contestant) throws Exception {
    long before = sink.revision();
    return Await.until(contestant, MILLIS, () -> sink.revision() > before);
  }

  /** Waits until the sink holds the last of some keys, and then as many of them as the source. */
  long awaitKeys(Program contestant, String prefix, long lastNumber) throws Exception {
    // To count is expensive, so it begins when the last key is there.
    ByteString last = ByteString.copyFromUtf8(Entry.key(prefix, lastNumber));
    ByteString wanted = value(source, last);
    long count = count(source, prefix);
    Await.until(contestant, MILLIS, () -> value(sink, last).equals(wanted));
    return Await.until(contestant, MILLIS, () -> count(sink, prefix) >= count);
  }

  private static ByteString value(V3Connection server, ByteString key) {
    RangeResponse answer = server.range(RangeRequest.newBuilder().setKey(key).build());
    return answer.getKvsCount() == 0 ? ByteString.EMPTY : answer.getKvs(0).getValue();
  }

  private static long count(V3Connection server, String prefix) {
    return server
        .range(
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setRangeEnd(V3Writes.endOf(prefix))
                .setCountOnly(true)
                .build())
        .getCount();
  }

  /** Compares keys and values; what is still on its way gets a few seconds. */
  void mustBeEqual(List<String> prefixes) throws Exception {
    for (String prefix : prefixes) {
      String difference = difference(prefix);
      for (int i = 0; i < 50 && !difference.isEmpty(); i++) {
        Thread.sleep(100);
        difference = difference(prefix);
      }
      if (!difference.isEmpty()) {
        throw new UnusableException("both sides are not equal: " + difference);
      }
    }
  }

  private String difference(String prefix) {
    Iterator<KeyValue> theirs = new V3Entries(sink, prefix);
    Iterator<KeyValue> ours = new V3Entries(source, prefix);
    while (ours.hasNext() && theirs.hasNext()) {
      KeyValue wanted = ours.next();
      KeyValue found = theirs.next();
      if (!wanted.getKey().equals(found.getKey()) || !wanted.getValue().equals(found.getValue())) {
        return "%s in the source, %s in the sink"
            .formatted(wanted.getKey().toStringUtf8(), found.getKey().toStringUtf8());
      }
    }
    return ours.hasNext() || theirs.hasNext() ? "one side has more keys" : "";
  }

  @Override
  public void close() {
    source.close();
    sink.close();
  }
}
