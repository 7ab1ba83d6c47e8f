package org.etcdmirror.v2.internal.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.v2.internal.client.V2Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.jspecify.annotations.Nullable;

/** One key that is only written if it is still as this object knows it. Not safe for threads. */
public final class V2ComparedKey {

  private final V2Client client;
  private final String key;
  private @Nullable Stored known;

  /**
   * The newest index of the store that was told here: whatever is asked later tells no older one.
   */
  private long newest;

  public V2ComparedKey(V2Client client, String key) {
    this.client = client;
    this.key = key;
  }

  /** A value and the index of the write that made it. */
  public record Stored(String value, long modifiedIndex) {

    @Override
    public String toString() {
      return "'%s' at index %d".formatted(V2Json.abbreviate(value), modifiedIndex);
    }
  }

  public String key() {
    return key;
  }

  /** The value that the next {@link #compareAndSet} expects; null for none. */
  @Nullable
  public Stored known() {
    return known;
  }

  /** Makes {@code stored} what the next {@link #compareAndSet} expects. */
  public void adopt(@Nullable Stored stored) {
    known = stored;
  }

  /**
   * Reads the stored value by a quorum read; null if there is none. Accepts a restored cluster as
   * it is.
   */
  @Nullable
  public Stored fetch() throws IOException, InterruptedException {
    newest = 0;
    return read();
  }

  /**
   * The same, of the cluster that was known.
   *
   * @throws SinkRolledBackException if the store's index is lower than it was, or what is stored
   *     was written before what is known was
   */
  @Nullable
  public Stored current() throws IOException, InterruptedException {
    Stored found = read();
    Stored expected = known;
    if (found != null && expected != null && found.modifiedIndex() < expected.modifiedIndex()) {
      throw rolledBack(expected, found.toString());
    }
    return found;
  }

  /**
   * The same, where nothing but a wiped or restored cluster explains that a known key is missing.
   *
   * @throws SinkRolledBackException if it is missing, too
   */
  @Nullable
  public Stored currentNotMissing() throws IOException, InterruptedException {
    Stored found = current();
    Stored expected = known;
    if (found == null && expected != null) {
      throw rolledBack(expected, "nothing");
    }
    return found;
  }

  private SinkRolledBackException rolledBack(Stored expected, String found) {
    return new SinkRolledBackException(
        "sink was restored or wiped: %s: expected %s, found %s".formatted(key, expected, found));
  }

  private void told(long index) throws SinkRolledBackException {
    if (index < newest) {
      throw new SinkRolledBackException(
          "sink was restored or wiped: it holds %s, its index was %d and is now %d"
              .formatted(key, newest, index));
    }
    newest = index;
  }

  private @Nullable Stored read() throws IOException, InterruptedException {
    try {
      V2Answer answer = client.get(key, "quorum=true");
      told(answer.etcdIndex());
      client.written().clusterAt(answer.etcdIndex());
      V2Node node = answer.requireNode();
      String value = node.value();
      if (value == null) {
        throw new PermanentException(
            key
                + " is a directory instead of an index; remove the directory, or name another link");
      }
      return new Stored(value, node.modifiedIndex());
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND) {
        told(e.index());
        client.written().clusterAt(e.index());
        return null;
      }
      throw clash(e);
    }
  }

  /**
   * Writes the value, unless the key is not as known.
   *
   * @return whether it was written
   * @throws IOException if it may or may not have been written. One that comes late is refused as
   *     soon as a later one was written, because that changes the index that is compared
   */
  public boolean compareAndSet(String value) throws IOException, InterruptedException {
    V2Form form = new V2Form().withValue(value.getBytes(StandardCharsets.UTF_8));
    Stored expected = known;
    if (expected == null) {
      form.with("prevExist", false);
    } else {
      form.with("prevIndex", expected.modifiedIndex());
    }
    try {
      V2Answer answer = client.send(V2Request.put(key, form));
      long written = answer.requireNode().modifiedIndex();
      told(written);
      known = new Stored(value, written);
      return true;
    } catch (V2ErrorException e) {
      return switch (e.errorCode()) {
        case V2ErrorException.COMPARE_FAILED,
            V2ErrorException.KEY_EXISTS,
            V2ErrorException.KEY_NOT_FOUND ->
            false;
        default -> throw clash(e);
      };
    }
  }

  /** Two links of which one is the path above the other cannot both have a key. */
  private IOException clash(V2ErrorException e) {
    if (e.errorCode() == V2ErrorException.NOT_A_FILE
        || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY) {
      throw new PermanentException(
          "%s cannot be stored: another link keeps its index above or below it; name another link"
              .formatted(key),
          e);
    }
    return e;
  }
}
