package org.etcdmirror.v3.internal.sink;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.NoProgressLimit;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Failures;
import org.etcdmirror.v3.internal.client.V3Head;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.read.SinkCheckpoint;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * The key that holds the checkpoint, and what is known of it. Each text names its writer, and which
 * of its writes it is, so that what this one wrote before its answer was lost is told from what
 * another mirror wrote.
 *
 * <p>Every transaction compares the text. So once the key is written again, nothing that was sent
 * before can happen any more. {@link #mustMove} says when that is due. The key's revision would not
 * do: in a cluster that was put back, another write may get the same revision. Used by the engine's
 * thread alone, but for {@link #head}.
 */
public final class SinkFence {

  private static final long UNKNOWN = -1;

  private static final long NEVER = 0;

  /** In place of a revision that is read. */
  private static final long NEWEST = 0;

  private static final int MOST_SETTLED = 20;

  /** A text for the key, as an operation. */
  record Text(@Nullable Checkpoint checkpoint, long write, RequestOp put) {

    ByteString value() {
      return put.getRequestPut().getValue();
    }
  }

  private final V3Client client;
  private final Bytes key;
  private final String writer;
  private long revision = UNKNOWN;

  /** What the key holds at the revision; null if it is missing. */
  private @Nullable ByteString held;

  private @Nullable Checkpoint checkpoint;

  /** The number of texts made here, and the newest of them that is known to be stored. */
  private long made;

  private long stored;

  /**
   * The newest revision that this cluster told here: whatever is asked later tells no older one.
   */
  private final AtomicLong newest = new AtomicLong();

  /** Whether it was written here as it is known. */
  private boolean mine;

  /**
   * The number of transactions that compare this text and have no known outcome: they are in
   * flight, or their answer was lost. Each text has a counter of its own, as an answer may come
   * later.
   */
  private AtomicInteger open = new AtomicInteger();

  /** What was formatted last: the size of a text is asked for before it is sent. */
  private @Nullable Checkpoint formatted;

  private String lines = "";

  /** What a checkpoint of here would claim and the key does not prove; null for nothing. */
  private @Nullable PlainWrite plain;

  /** A write of the key follows, unless each is refused. */
  private final NoProgressLimit settled = new NoProgressLimit(MOST_SETTLED, Duration.ofSeconds(1));

  public SinkFence(V3Client client, Bytes key) {
    this.client = client;
    this.key = key;
    this.writer = CheckpointWriter.create();
  }

  Bytes key() {
    return key;
  }

  /** A line that is in each text that is written here. */
  public String signature() {
    return "writer=" + writer;
  }

  /** The checkpoint that was read or written here last. */
  @Nullable Checkpoint checkpoint() {
    return checkpoint;
  }

  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    RangeResponse answer = ask();
    long told = answer.getHeader().getRevision();
    FenceRead found = FenceRead.of(key, answer);
    long at = found.revision();
    SinkCheckpoint.Stored text = found.isMissing() ? null : found.stored();
    checkpoint = text == null ? null : text.checkpoint();
    boolean isOwnText = text != null && writer.equals(text.writer());
    // Where nothing has moved, what was written here is the newest still. A write that fills the
    // database moves the key, and is answered as one that was refused.
    boolean isOwn = isKnown(found) ? mine : isOwnText && at > revision;
    mine = isOwn && told >= newest.get();
    stored = text != null && isOwnText ? text.write() : NEVER;
    // A load takes the cluster as it is, also one that was restored.
    plain = null;
    newest.set(told);
    revision = at;
    held = found.value();
    return Optional.ofNullable(checkpoint);
  }

  public void loadIfUnknown() throws IOException, InterruptedException {
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
  Compare compareUnchanged() {
    ByteString text = held;
    return text == null
        ? compareRevision()
        : Compare.newBuilder()
            .setResult(Compare.CompareResult.EQUAL)
            .setTarget(Compare.CompareTarget.VALUE)
            .setKey(Wire.wire(key))
            .setValue(text)
            .build();
  }

  /**
   * The same in fewer bytes, and also true where another write got the same revision in a cluster
   * that was put back.
   */
  Compare compareRevision() {
    return Compare.newBuilder()
        .setResult(Compare.CompareResult.EQUAL)
        .setTarget(Compare.CompareTarget.MOD)
        .setKey(Wire.wire(key))
        .setModRevision(revision)
        .build();
  }

  /** The same, and true while the newest write that the key is older than is there as well. */
  List<Compare> comparesOfClaim() {
    PlainWrite claimed = plain;
    return claimed == null
        ? List.of(compareUnchanged())
        : List.of(compareUnchanged(), claimed.compareUnchanged());
  }

  /** A transaction without the key was carried out. */
  void wrote(List<RequestOp> ops, TxnResponse answer) {
    PlainWrite write = PlainWrite.of(ops, answer);
    if (write != null && (plain == null || plain.at() < write.at())) {
      plain = write;
    }
  }

  /** Takes note of a transaction that compares {@link #compareUnchanged}, and of how it ends. */
  <T> CompletableFuture<T> noted(CompletableFuture<T> sent) {
    AtomicInteger counter = open;
    counter.incrementAndGet();
    return sent.whenComplete((answer, failure) -> {
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

  /** The most that a transaction takes for this checkpoint, besides its operations. */
  int size(Checkpoint next) {
    return put(next, Long.MAX_VALUE).getSerializedSize() + size();
  }

  /** What a transaction takes at least, besides its operations. */
  int size() {
    return compareUnchanged().getSerializedSize();
  }

  private RequestOp put(@Nullable Checkpoint next, long write) {
    ByteString text = ByteString.copyFromUtf8(SinkCheckpoint.text(lines(next), writer, write));
    return SinkOp.put(key, text, 0);
  }

  private String lines(@Nullable Checkpoint next) {
    if (!Objects.equals(next, formatted)) {
      lines = SinkCheckpoint.lines(next);
      formatted = next;
    }
    return lines;
  }

  /** The text is stored. */
  void written(Text text, long at) {
    settled.brought();
    moved(text.checkpoint(), text.write(), text.value(), at);
  }

  private void moved(@Nullable Checkpoint next, long write, @Nullable ByteString text, long at) {
    checkpoint = next;
    revision = at;
    held = text;
    stored = write;
    mine = true;
    plain = null;
    open = new AtomicInteger();
  }

  /** The newest revision that is known before something is asked. */
  long newest() {
    return newest.get();
  }

  /**
   * Takes note of the revision that an answer tells; a proxy may leave it out.
   *
   * @param least what it must be at least: what {@link #newest} was before the request was sent
   * @throws SinkRolledBackException if the revision is older: the cluster was wiped or put back
   */
  void told(long least, ResponseHeader header) throws SinkRolledBackException {
    long now = header.getRevision();
    if (now > 0 && now < least) {
      throw new SinkRolledBackException(
          "sink was restored or wiped: it holds %s, its revision must be at least %d and is %d"
              .formatted(key, least, now));
    }
    newest.accumulateAndGet(now, Math::max);
  }

  /**
   * Finds out who moved the key. Returns if this writer did, in an attempt whose answer was lost.
   * The same writes may then be made again.
   *
   * @throws FencedException if it was another writer
   * @throws SinkRolledBackException if the key, or the whole cluster, is older than it was, or what
   *     was written after the key is gone
   * @throws IOException if it has not moved at all, so that another attempt at once is no use
   */
  void settle() throws IOException, InterruptedException {
    FenceRead found = current();
    if (isKnown(found)) {
      PlainWrite claimed = plain;
      if (claimed != null) {
        requireDone(claimed);
        return;
      }
      throw new IOException(
          "transaction failed although the checkpoint is unchanged (key=%s revision=%d); retrying"
              .formatted(key, revision));
    }
    adopt(found);
    settled.again("finding the writer of %s at revision %d".formatted(key, revision), null);
  }

  /** Another client may have changed the key since, or its lease may have ended. */
  private void requireDone(PlainWrite claimed) throws IOException, InterruptedException {
    if (isGone(claimed)) {
      throw new SinkRolledBackException(
          "sink was restored or wiped: it no longer holds the %s".formatted(claimed));
    }
    plain = null;
  }

  private boolean isGone(PlainWrite claimed) throws IOException, InterruptedException {
    try {
      return !claimed.isIn(found(ask(claimed.key(), claimed.at())));
    } catch (V3ErrorException e) {
      if (e.futureRevision()) {
        return true;
      }
      if (!e.compacted()) {
        throw e;
      }
    }
    // A key that is missing now, or newer, proves nothing.
    return claimed.isUndone(found(ask(claimed.key(), NEWEST)));
  }

  private static @Nullable KeyValue found(RangeResponse answer) {
    return answer.getKvsCount() == 0 ? null : answer.getKvs(0);
  }

  /**
   * Looks whether the key is as it was read or written here last.
   *
   * @throws FencedException if another writer moved it
   * @throws SinkRolledBackException if the key, or the whole cluster, is older than it was
   */
  public void confirm() throws IOException, InterruptedException {
    if (revision != UNKNOWN) {
      FenceRead found = current();
      if (!isKnown(found)) {
        adopt(found);
      }
    }
  }

  private boolean isKnown(FenceRead found) {
    return found.revision() == revision && Objects.equals(found.value(), held);
  }

  private FenceRead current() throws IOException, InterruptedException {
    long least = newest();
    RangeResponse answer = ask();
    told(least, answer.getHeader());
    return FenceRead.of(key, answer);
  }

  /** The key is not as it was known: by whom is told by its text and its revision. */
  private void adopt(FenceRead found) throws SinkRolledBackException {
    if (found.isMissing() || found.revision() < revision) {
      // A key is only ever written at a newer revision, by whomever.
      throw new SinkRolledBackException(
          "sink was restored or wiped: %s: written at revision %d, now %s"
              .formatted(key, revision, found));
    }
    SinkCheckpoint.Stored text =
        found.isWrittenBy(writer) ? found.stored() : new SinkCheckpoint.Stored(null, null, NEVER);
    if (!writer.equals(text.writer())) {
      if (found.isOlderThan(checkpoint)) {
        throw new SinkRolledBackException(
            "sink was restored to an older state: %s: expected revision %d, found the earlier %s"
                .formatted(key, revision, found));
      }
      throw found.fenced(revision);
    }
    if (text.write() < stored) {
      throw new SinkRolledBackException(
          "sink was restored to an older state: %s: this mirror stored write %d, found the older write %d"
              .formatted(key, stored, text.write()));
    }
    moved(text.checkpoint(), text.write(), found.value(), found.revision());
  }

  /** Whose cluster this is, and how far it is. */
  SourceHead head() throws IOException, InterruptedException {
    return V3Head.of(ask().getHeader());
  }

  private RangeResponse ask() throws IOException, InterruptedException {
    return ask(key, NEWEST);
  }

  private RangeResponse ask(Bytes of, long at) throws IOException, InterruptedException {
    RangeRequest request = RangeRequest.newBuilder().setKey(Wire.wire(of)).setRevision(at).build();
    return client.read(KVGrpc.getRangeMethod(), request);
  }
}
