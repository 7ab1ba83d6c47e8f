package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.v3.rpc.RequestOp;

/** Writes transactions one by one until it is closed; a failed one may have been applied. */
final class V3Load implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Random random;
  private final V3Writer writer;
  private final AtomicLong revision = new AtomicLong();
  private final Paced writing;

  V3Load(Collection<URI> endpoints, long seed) {
    this.random = new Random(seed);
    this.writer = new V3Writer(endpoints);
    this.writing = new Paced(PAUSE, this::write);
  }

  /** The newest revision that a write of this load is known to have made. */
  long revision() {
    return revision.get();
  }

  private void write() throws InterruptedException {
    try {
      revision.set(writer.write(transaction(random)));
    } catch (IOException memberIsDown) {
      // The next write may reach another member.
    }
  }

  /** Binary keys below ten directories, one of which may be deleted as a whole. */
  static List<RequestOp> transaction(Random random) {
    String gone = random.nextInt(20) == 0 ? directory(random) : "";
    List<RequestOp> ops = new ArrayList<>();
    if (!gone.isEmpty()) {
      ops.add(V3Writer.deletePrefix(gone));
    }
    Set<ByteString> keys = new HashSet<>();
    for (int n = random.nextInt(30); n >= 0; n--) {
      String directory = directory(random);
      ByteString key = ByteString.copyFromUtf8(directory).concat(bytes(random, 1, 2));
      // A transaction may not put what it also deletes.
      if (!directory.equals(gone) && keys.add(key)) {
        ops.add(
            random.nextInt(3) == 0
                ? V3Writer.delete(key)
                : V3Writer.put(key, bytes(random, 0, 200)));
      }
    }
    return ops;
  }

  private static String directory(Random random) {
    return V3Mirroring.PREFIX + random.nextInt(10) + "/";
  }

  private static ByteString bytes(Random random, int least, int most) {
    byte[] bytes = new byte[least + random.nextInt(most - least + 1)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  @Override
  public void close() {
    try {
      writing.close();
    } finally {
      writer.close();
    }
  }
}
