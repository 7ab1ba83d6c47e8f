package org.etcdmirror.v2.internal.protocol;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body of JSON that must get on: between two entries lie at most {@link #MOST_BYTES}. A deadline
 * does not end a body without an end, because each of its bytes earns the call more time.
 */
final class EndlessBodyGuard extends FilterInputStream {

  /** etcd v2 takes 10 MiB in a request, which JSON's escapes make up to six times as long. */
  static final long MOST_BYTES = 64L << 20;

  private long sinceEntry;

  EndlessBodyGuard(InputStream body) {
    super(body);
  }

  /** An entry was read. */
  void entryRead() {
    sinceEntry = 0;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    return (int) counted(one, one < 0 ? 0 : 1);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    return (int) counted(count, Math.max(0, count));
  }

  private long counted(long result, int bytes) throws IOException {
    sinceEntry += bytes;
    if (sinceEntry > MOST_BYTES) {
      throw new V2ProtocolException(
          "not an etcd v2 answer: no entry in %d MiB".formatted(MOST_BYTES >> 20));
    }
    return result;
  }
}
