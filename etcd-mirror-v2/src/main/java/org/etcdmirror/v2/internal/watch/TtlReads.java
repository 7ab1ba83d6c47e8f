package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v2.internal.client.V2Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys, several at a time, so that a slow answer to one holds up no other. Each key is read
 * by one request at a time, which bounds what waits. Used by the follower's thread, but for the
 * reads themselves.
 */
final class TtlReads {

  private static final int AT_ONCE = 16;

  /**
   * A key as it was read at an index of the store.
   *
   * @param entry what it was; null if it was gone
   * @param createdIndex since when it is there; the highest number if that is not known
   */
  record Reading(Bytes key, @Nullable Entry entry, long createdIndex, long storeIndex) {}

  /** The result of a request; no reading if it failed. */
  private record Answer(Bytes key, @Nullable Reading reading) {}

  private final V2Client client;
  private final Set<Bytes> underWay = new HashSet<>();
  private final Queue<Bytes> wanted = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workers = new AtomicInteger();

  TtlReads(V2Client client) {
    this.client = client;
  }

  /** Begins to read these in their order, but for those that are being read. */
  void begin(Collection<Bytes> keys) {
    keys.stream().filter(underWay::add).forEach(wanted::add);
    for (int i = workers.get(); i < Math.min(AT_ONCE, wanted.size()); i++) {
      workers.incrementAndGet();
      try {
        client.executor().execute(this::work);
      } catch (RejectedExecutionException e) {
        // The client is closed, and the stream ends for the same reason.
        workers.decrementAndGet();
        return;
      }
    }
  }

  /** The next reading that has come; null if there is none. */
  @Nullable Reading poll() {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      underWay.remove(answer.key());
      if (answer.reading() != null) {
        return answer.reading();
      }
    }
    return null;
  }

  private void work() {
    try {
      for (Bytes key = wanted.poll(); key != null; key = wanted.poll()) {
        Reading reading = null;
        try {
          reading = read(key);
        } catch (IOException | RuntimeException e) {
          // It is read again soon. A source that is down or refuses access shows in its watches.
        } finally {
          answers.add(new Answer(key, reading));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      workers.decrementAndGet();
    }
  }

  private Reading read(Bytes key) throws IOException, InterruptedException {
    try {
      V2Answer answer = client.get(key.utf8(), "quorum=true");
      V2Node node = answer.requireNode();
      String value = node.value() == null ? "" : node.value();
      Entry entry =
          node.dir()
              ? new MakeDirectory(key, node.modifiedIndex(), node.expiresAt())
              : new Put(key, Bytes.utf8(value), node.modifiedIndex(), node.expiresAt());
      return new Reading(key, entry, node.createdIndex(), answer.etcdIndex());
    } catch (V2ErrorException e) {
      if (e.isAbsence()) {
        return new Reading(key, null, Long.MAX_VALUE, e.index());
      }
      throw e;
    }
  }
}
