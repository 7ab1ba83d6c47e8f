package org.etcdmirror.v3;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
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
 * The key that holds the checkpoint, and what is known of it. Each text names its writer, so that
 * what this one wrote before its answer was lost is told from what another mirror wrote.
 */
final class SinkFence {

  private static final long UNKNOWN = -1;

  private final V3Client client;
  private final Bytes key;
  private final String writer;
  private long revision = UNKNOWN;
  private @Nullable Checkpoint checkpoint;

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

  /** The checkpoint that was read or written here last. */
  @Nullable Checkpoint checkpoint() {
    return checkpoint;
  }

  Optional<Checkpoint> load() throws IOException, InterruptedException {
    KeyValue found = read();
    checkpoint = found == null ? null : SinkCheckpoint.parse(key, found.getValue().toStringUtf8());
    revision = found == null ? 0 : found.getModRevision();
    return Optional.ofNullable(checkpoint);
  }

  void loadIfUnknown() throws IOException, InterruptedException {
    if (revision == UNKNOWN) {
      load();
    }
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

  RequestOp put(Checkpoint next) {
    return SinkOp.put(key, SinkKeys.wire(Bytes.utf8(SinkCheckpoint.format(next, writer))), 0);
  }

  void written(Checkpoint next, long at) {
    checkpoint = next;
    revision = at;
  }

  /**
   * After the key turned out to have moved: returns if it was this writer who moved it, in an
   * attempt whose answer was lost. The same writes may then be made again.
   *
   * @throws FencedException if it was somebody else
   * @throws IOException if it has not moved at all, so that another attempt at once is no use
   */
  void settle() throws IOException, InterruptedException {
    KeyValue found = read();
    long at = found == null ? 0 : found.getModRevision();
    String text = found == null ? "" : found.getValue().toStringUtf8();
    if (found == null || !text.endsWith("writer=" + writer + "\n")) {
      throw new FencedException(
          "%s was moved by another: expected revision %d, found %d holding '%s'"
              .formatted(key, revision, at, text.strip().replace('\n', ' ')));
    }
    if (at == revision) {
      throw new IOException(
          "%s is at revision %d as expected, and yet its servers deny it".formatted(key, at));
    }
    checkpoint = SinkCheckpoint.parse(key, text);
    revision = at;
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
