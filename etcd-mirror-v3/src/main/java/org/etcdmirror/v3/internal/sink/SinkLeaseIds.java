package org.etcdmirror.v3.internal.sink;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;

/**
 * The numbers of the sink's leases. They follow from what they stand for, so that a restart, or a
 * batch that is applied again, finds the lease that is there and leaves no orphan.
 *
 * <p>Grants and keep-alives are not fenced, so a late one must do no harm. No lease is ever
 * revoked: each just runs out. A lease of the source that comes back with another time to live has
 * another number here, so that a late grant of the former one is a grant of an unused lease.
 */
public final class SinkLeaseIds {

  /**
   * etcd grants 1.5 election timeouts at least, and takes timeouts of up to 50 s. So a server may
   * grant more than it was asked for up to here, and a time that it tells says nothing of the one
   * that was asked for. All these times share a number.
   */
  static final Duration BRIEF = Duration.ofSeconds(75);

  private final Bytes checkpointKey;
  private final long link;

  public SinkLeaseIds(Bytes checkpointKey) {
    this.checkpointKey = checkpointKey;
    this.link = hash(checkpointKey, Bytes.EMPTY, 0, 0);
  }

  /** The sink's lease for one of the source. Two links into one sink have different ones. */
  long shadow(Lease source) {
    return turned(source.id(), source.ttl());
  }

  /**
   * The source's lease for which a shadow stands.
   *
   * @param granted what the sink's servers say that they granted
   */
  Lease source(long shadow, Duration granted) {
    return new Lease(turned(shadow, granted), granted);
  }

  /** Twice the same is nothing. */
  private long turned(long id, Duration granted) {
    long mask =
        granted.compareTo(BRIEF) <= 0
            ? link
            : hash(checkpointKey, Bytes.EMPTY, 1, SinkLease.seconds(granted));
    // 0 is no lease.
    return id == mask ? mask : id ^ mask;
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
      throw new IllegalStateException("the Java platform has no SHA-256", e);
    }
  }
}
