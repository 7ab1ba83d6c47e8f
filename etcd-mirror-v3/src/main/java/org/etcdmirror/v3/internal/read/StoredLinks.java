package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Failures;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;

/** The checkpoints that are where mirrors keep them by default. */
public final class StoredLinks {

  private static final Logger log = System.getLogger(StoredLinks.class.getName());

  private final V3Client client;
  private final List<StoredLink> links = new ArrayList<>();

  public StoredLinks(V3Client client) {
    this.client = client;
  }

  /** Returns none if the user has no right to read them. */
  public List<StoredLink> read() throws IOException, InterruptedException {
    List<KeyRange> own = List.of(KeyRange.of(Wire.OWN));
    try (RangePages pages = new RangePages(client, own, 0, false)) {
      for (List<KeyValue> page = pages.next(); page != null; page = pages.next()) {
        page.forEach(this::take);
      }
    } catch (V3ErrorException | V3PermanentException e) {
      if (!V3Failures.isDenial(e)) {
        throw e;
      }
      log.log(Level.DEBUG, "reading the checkpoints of other links failed: {0}", e.getMessage());
      return List.of();
    }
    return List.copyOf(links);
  }

  private void take(KeyValue found) {
    Bytes key = Wire.bytes(found.getKey());
    try {
      Checkpoint stored = SinkCheckpoint.parse(key, found.getValue().toStringUtf8()).checkpoint();
      if (stored != null) {
        links.add(new StoredLink(key, stored));
      }
    } catch (PermanentException e) {
      log.log(Level.DEBUG, "ignoring a checkpoint that is not readable: {0}", e.getMessage());
    }
  }
}
