package org.etcdmirror.v3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;

/**
 * The numbers of the sink's leases. They follow from what they stand for, so that a restart, or a
 * batch that is applied again, finds the lease that is there and leaves no orphan.
 */
final class SinkLeaseIds {

  private final Bytes checkpointKey;
  private final long link;

  SinkLeaseIds(Bytes checkpointKey) {
    this.checkpointKey = checkpointKey;
    this.link = hash(checkpointKey, Bytes.EMPTY, 0, 0);
  }

  /** The sink's lease for one of the source. Two links into one sink have different ones. */
  long shadow(long source) {
    long id = source ^ link;
    return id == 0 ? link : id;
  }

  /** The source's lease for which a shadow stands. */
  long source(long shadow) {
    return shadow(shadow);
  }

  /** A lease for one key alone. */
  long own(Bytes key, long index, Expiry expiresAt) {
    return hash(checkpointKey, key, index, TimeUnit.NANOSECONDS.toSeconds(expiresAt.nanos()));
  }

  private static long hash(Bytes link, Bytes key, long index, long second) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer numbers = ByteBuffer.allocate(3 * Long.BYTES);
      digest.update(numbers.putLong(link.size()).putLong(index).putLong(second).array());
      digest.update(link.toByteArray());
      digest.update(key.toByteArray());
      return Math.max(1, ByteBuffer.wrap(digest.digest()).getLong() & Long.MAX_VALUE);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java has SHA-256", e);
    }
  }
}
