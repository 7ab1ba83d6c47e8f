package org.etcdmirror.v3;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.jspecify.annotations.Nullable;

/**
 * The key that holds the checkpoint, and what is known of it. Each text names its writer, and which
 * of its writes it is, so that what this one wrote before its answer was lost is told from what
 * another mirror wrote.
 *
 * <p>Every transaction compares the revision at which the key was written last. So once the key is
 * written again, nothing that was sent before can happen any more. {@link #mustMove} says when that
 * is due. Used by the engine's thread alone, but for {@link #head}.
 */
final class SinkFence {

  private static final long UNKNOWN = -1;

  /** A text for the key, as an operation. */
  record Text(@Nullable Checkpoint checkpoint, long write, RequestOp put) {}

  private final V3Client client;
  private final Bytes key;
  private final String writer;
  private long revision = UNKNOWN;
  private @Nullable Checkpoint checkpoint;

  /** How many texts were made here, and the newest of them that is known to have been stored. */
  private long made;

  private long stored;

  /** Whether it was written here at the known revision. */
  private boolean mine;

  /**
   * How many transactions that compare this revision have no known outcome: they are in flight, or
   * their answer was lost. Each revision has a counter of its own, as an answer may come later.
   */
  private AtomicInteger open = new AtomicInteger();

  SinkFence(V3Client client, Bytes key) {
    this.client = client;
    this.key = key;
    byte[] id = new byte[12];
    new SecureRandom().nextBytes(id);
    this.writer = HexFormat.of().formatHex(id);
  }

  Bytes key() {
    return key;
  }

  /** A line that is in each text that is written here. */
  String signature() {
    return "writer=" + writer;
  }

  /** The checkpoint that was read or written here last. */
  @Nullable Checkpoint checkpoint() {
    return checkpoint;
  }

  Optional<Checkpoint> load() throws IOException, InterruptedException {
    KeyValue found = read();
    long at = found == null ? 0 : found.getModRevision();
    checkpoint = found == null ? null : parse(found).checkpoint();
    // Where nothing has moved, what was written here is the newest still.
    mine = mine && at == revision;
    revision = at;
    return Optional.ofNullable(checkpoint);
  }

  void loadIfUnknown() throws IOException, InterruptedException {
    if (revision == UNKNOWN) {
      load();
    }
  }

  /**
   * Whether something that was sent before, here or by another process, may still happen: then the
   * key must be written before anything else is.
   */
  boolean mustMove() {
    return !mine || open.get() > 0;
  }

  /** True while the key is as it was read or written here last. */
  Compare unmoved() {
    return Compare.newBuilder()
        .setResult(Compare.CompareResult.EQUAL)
        .setTarget(Compare.CompareTarget.MOD)
        .setKey(SinkKeys.wire(key))
        .setModRevision(revision)
        .build();
  }

  /** Takes note of a transaction that compares {@link #unmoved}, and of how it ends. */
  <T> CompletableFuture<T> noted(CompletableFuture<T> sent) {
    AtomicInteger counter = open;
    counter.incrementAndGet();
    return sent.whenComplete(
        (answer, failure) -> {
          if (failure == null || !V3Failures.outcomeUnknown(failure)) {
            counter.decrementAndGet();
          }
        });
  }

  /** A new text; null for a fence without a checkpoint. */
  Text text(@Nullable Checkpoint next) {
    made++;
    return new Text(next, made, put(next, made));
  }

  /** How large an operation with this checkpoint is, at most. */
  int size(Checkpoint next) {
    return put(next, Long.MAX_VALUE).getSerializedSize();
  }

  private RequestOp put(@Nullable Checkpoint next, long write) {
    Bytes text = Bytes.utf8(SinkCheckpoint.format(next, writer, write));
    return SinkOp.put(key, SinkKeys.wire(text), 0);
  }

  /** The text is stored. */
  void written(Text text, long at) {
    moved(text.checkpoint(), text.write(), at);
  }

  private void moved(@Nullable Checkpoint next, long write, long at) {
    checkpoint = next;
    revision = at;
    stored = write;
    mine = true;
    open = new AtomicInteger();
  }

  /**
   * After the key turned out to have moved: returns if it was this writer who moved it, in an
   * attempt whose answer was lost. The same writes may then be made again.
   *
   * @throws FencedException if it was another writer, or the key was set back
   * @throws IOException if it has not moved at all, so that another attempt at once is no use
   */
  void settle() throws IOException, InterruptedException {
    KeyValue found = read();
    long at = found == null ? 0 : found.getModRevision();
    String text = found == null ? "" : found.getValue().toStringUtf8();
    if (found == null || !("\n" + text).contains("\nwriter=" + writer + "\n")) {
      throw new FencedException(
          "%s was moved by another: expected revision %d, found %d holding '%s'"
              .formatted(key, revision, at, text.strip().replace('\n', ' ')));
    }
    SinkCheckpoint.Stored own = parse(found);
    if (own.write() < stored) {
      throw new FencedException(
          "%s was set back: this mirror has stored its write %d there, and it holds the older write %d"
              .formatted(key, stored, own.write()));
    }
    if (at == revision) {
      throw new IOException(
          "%s is at revision %d as expected, and yet its servers deny it".formatted(key, at));
    }
    moved(own.checkpoint(), own.write(), at);
  }

  private SinkCheckpoint.Stored parse(KeyValue found) {
    return SinkCheckpoint.parse(key, found.getValue().toStringUtf8());
  }

  /** Whose cluster this is, and how far it is. */
  SourceHead head() throws IOException, InterruptedException {
    return V3Source.headOf(ask().getHeader());
  }

  private RangeResponse ask() throws IOException, InterruptedException {
    RangeRequest request = RangeRequest.newBuilder().setKey(SinkKeys.wire(key)).build();
    return client.read(KVGrpc.getRangeMethod(), request);
  }

  private @Nullable KeyValue read() throws IOException, InterruptedException {
    RangeResponse answer = ask();
    return answer.getKvsCount() == 0 ? null : answer.getKvs(0);
  }
}
