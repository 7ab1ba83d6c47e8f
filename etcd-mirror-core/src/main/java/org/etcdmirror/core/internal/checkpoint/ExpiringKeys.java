package org.etcdmirror.core.internal.checkpoint;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the keys of the sink that have a time to live in the source, so that many of them may
 * expire at once without an approval. The reader reports events, the applier reports what a
 * comparison read.
 *
 * <p>Only a hash of 32 bits is kept of each, and of no more than {@link #MOST} keys, the last ones.
 * A key that is not known here is asked for; a key that only looks like one that is known, one in a
 * million, is one delete more than the {@link DeleteLimit} says.
 */
public final class ExpiringKeys {

  /** The limit of remembered keys. */
  public static final int MOST = 10_000;

  /**
   * What every checkpoint may bear, in characters: 192 keys. More of them are written at the end of
   * a run alone, as a sink that keeps its index with the data writes the note with each batch.
   */
  private static final int ALWAYS = 1024;

  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long MIXER = 0xff51afd7ed558ccdL;
  private static final Logger log = LoggerFactory.getLogger(ExpiringKeys.class);

  /** The one that was told of last comes last. */
  private final Set<Integer> hashes = new LinkedHashSet<>();

  /** Whether the run has ended in good order. */
  private boolean ended;

  /** Loads the note of a checkpoint. An unreadable note counts as empty. */
  synchronized void resume(@Nullable String note) {
    hashes.clear();
    if (note == null) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(note));
      while (bytes.remaining() >= Integer.BYTES) {
        add(bytes.getInt());
      }
    } catch (IllegalArgumentException e) {
      log.warn(
          LogEvent.NOTE_UNREADABLE.marker(),
          "ignoring an unreadable checkpoint note: the keys that have a time to live are unknown",
          e);
    }
  }

  /** The note for the next run; null if there is nothing to tell, or too much for now. */
  public synchronized @Nullable String note() {
    int size = hashes.size() * Integer.BYTES;
    if (size == 0 || (!ended && (size + 2) / 3 * 4 > ALWAYS)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    hashes.stream().sorted().forEach(bytes::putInt);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** The run ends in good order: its last checkpoint may bear all. */
  public synchronized void ends() {
    ended = true;
  }

  /** Each of these keys of the sink has a time to live, or has none. */
  public synchronized void learn(Collection<Bytes> keys, boolean expiring) {
    for (Bytes key : keys) {
      int hash = hash(key);
      hashes.remove(hash);
      if (expiring) {
        add(hash);
      }
    }
  }

  private void add(int hash) {
    hashes.add(hash);
    if (hashes.size() > MOST) {
      Iterator<Integer> oldest = hashes.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** A comparison has read all keys of the source, and these are the ones. */
  public synchronized void replaceBy(Collection<Integer> found) {
    hashes.clear();
    found.forEach(this::add);
  }

  public synchronized boolean isEmpty() {
    return hashes.isEmpty();
  }

  /** The number of remembered keys. */
  public synchronized int size() {
    return hashes.size();
  }

  /** Whether the key, or a directory that it is in, had a time to live. */
  public synchronized boolean contains(Bytes key) {
    return !hashes.isEmpty() && isIn(hashes, key);
  }

  /** Whether a set of hashes has the key, or a directory that it is in. */
  public static boolean isIn(Set<Integer> hashes, Bytes key) {
    long state = FNV_BASIS;
    for (int i = 0; i < key.size(); i++) {
      if (i > 0 && key.at(i) == (byte) '/' && hashes.contains(mixed(state))) {
        return true;
      }
      state = next(state, key.at(i));
    }
    return hashes.contains(mixed(state));
  }

  /** FNV-1a, mixed; the same in each version, because checkpoints hold it. */
  public static int hash(Bytes key) {
    long state = FNV_BASIS;
    for (int i = 0; i < key.size(); i++) {
      state = next(state, key.at(i));
    }
    return mixed(state);
  }

  private static long next(long state, byte b) {
    return (state ^ (b & 0xff)) * FNV_PRIME;
  }

  private static int mixed(long state) {
    long mixed = (state ^ (state >>> 33)) * MIXER;
    return (int) (mixed ^ (mixed >>> 32));
  }
}
