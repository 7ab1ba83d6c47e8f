package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.client.V2TooLargeException;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * Writes single events, and removes what stands in their way: a directory where a value belongs, a
 * value where a directory belongs. Never removes what lies outside of the prefixes. Safe for use by
 * many threads, if their keys are unrelated.
 */
public final class V2Writer implements V2Pipeline.EventWriter {

  /**
   * One attempt to find out, one after the repair, the others in case another client writes as
   * well.
   */
  static final int ATTEMPTS = 4;

  /**
   * etcd takes forms up to 10 MiB, but a log entry of 10 MiB keeps its members from starting again.
   */
  static final int LARGEST_WRITE = 10 * 1024 * 1024 - 16 * 1024;

  /** As when two sides are compared: a server tells whole seconds, and copies live longer. */
  private static final Duration EXPIRY_TOLERANCE = Duration.ofSeconds(5);

  private final V2Client client;
  private final V2Owned owned;

  public V2Writer(V2Client client, V2Owned owned) {
    this.client = client;
    this.owned = owned;
  }

  /** Brings the sink to the state after the event; the root's tree is not its affair. */
  @Override
  public void write(MirrorEvent event) throws IOException, InterruptedException {
    String path = writable(event);
    if (event instanceof Put put) {
      putValue(path, put);
    } else if (path.equals(V2Paths.ROOT)) {
      // The root is always a directory, and never holds a value or goes away.
      return;
    } else if (event instanceof MakeDirectory directory) {
      makeDirectory(path, directory);
    } else if (event instanceof Delete) {
      deleteOne(path);
    } else if (event instanceof DeleteTree) {
      deleteTree(path);
    } else if (event instanceof Refresh refresh) {
      refresh(path, refresh.expiresAt());
    }
  }

  /**
   * The event's key as a path.
   *
   * @throws PermanentException if it is not the mirror's to write
   */
  public String writable(MirrorEvent event) {
    String path = V2Paths.path(event.key());
    if (V2Paths.covers(V2Paths.INDEXES, path)) {
      throw new PermanentException(
          "write refused: '%s' is reserved for the indexes of mirrors".formatted(path));
    }
    boolean delete = event instanceof Delete || event instanceof DeleteTree;
    if (!(delete ? owned.mayDelete(path) : owned.mayWrite(path))) {
      throw new PermanentException(
          "write refused: '%s' is outside the sink's prefixes %s".formatted(path, owned));
    }
    return path;
  }

  /**
   * The request that puts a value.
   *
   * @throws PermanentException if v2 can never hold it; it is a {@link V2TooLargeException} if that
   *     is for its size
   */
  static V2Request putRequest(String path, Put put) {
    if (path.equals(V2Paths.ROOT)) {
      throw new PermanentException("etcd v2 cannot hold a value at '/'");
    }
    Bytes value = put.value();
    V2Paths.requireText(value, "value", put.key());
    if ((long) value.size() + put.key().size() > LARGEST_WRITE) {
      throw new V2TooLargeException(
          "etcd v2 accepts at most %d bytes of key and value".formatted(LARGEST_WRITE));
    }
    return V2Request.put(path, form(put.expiresAt()).withValue(value.toByteArray()));
  }

  private void putValue(String path, Put put) throws IOException, InterruptedException {
    V2Request request = putRequest(path, put);
    for (int attempt = 1; ; attempt++) {
      try {
        client.send(request);
        return;
      } catch (V2ErrorException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        } else if (e.errorCode() == V2ErrorException.NOT_A_FILE) {
          deleteTree(path);
        } else {
          makeRoom(path, e);
        }
      }
    }
  }

  /** Makes the directory or, if it is there already, sets its expiry where that is known. */
  private void makeDirectory(String path, MakeDirectory directory)
      throws IOException, InterruptedException {
    Expiry expiresAt = directory.expiresAt();
    for (int attempt = 1; ; attempt++) {
      try {
        client.send(V2Request.put(path, form(expiresAt).with("dir", true)));
        return;
      } catch (V2ErrorException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        if (e.errorCode() != V2ErrorException.NOT_A_FILE) {
          makeRoom(path, e);
        } else if (directory.implied() || keepDirectory(path, expiresAt)) {
          return;
        }
      }
    }
  }

  /**
   * Sets the expiry of a directory that was there a moment ago; false if it is no longer. Looks
   * first: an update blanks the value of a file, and etcd 3.5 updates no directory.
   */
  private boolean keepDirectory(String path, @Nullable Expiry expiresAt)
      throws IOException, InterruptedException {
    try {
      V2Node found = client.send(V2Request.get(path, "quorum=true")).node();
      if (found == null || !found.dir()) {
        return false;
      }
      if (expiresAt != null || found.expiresAt() != null) {
        changeDirectory(path, found, expiresAt);
      }
      return true;
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void changeDirectory(String path, V2Node found, @Nullable Expiry expiresAt)
      throws IOException, InterruptedException {
    try {
      client.send(V2Request.put(path, form(expiresAt).with("dir", true).with("prevExist", true)));
    } catch (V2ErrorException e) {
      requireLongEnough(found, expiresAt, e);
    }
  }

  /**
   * Etcd 3.5 cannot change the expiry of a directory. There a directory keeps what it has, unless
   * it would go too early. One that would go too late goes by the delete that the source sends.
   *
   * @throws PermanentException if it would go too early
   * @throws V2ErrorException if the change failed for another reason
   */
  private static void requireLongEnough(V2Node found, @Nullable Expiry wanted, V2ErrorException e)
      throws V2ErrorException {
    if (!e.changesNoDirectory()) {
      throw e;
    }
    Expiry has = found.expiresAt();
    if (has == null || (wanted != null && wanted.since(has).compareTo(EXPIRY_TOLERANCE) <= 0)) {
      return;
    }
    throw new PermanentException(
        "%s: etcd 3.5 cannot change the expiry of a directory, and this one goes %s, but in the source %s; do not copy expiries"
            .formatted(e.getMessage(), has, wanted == null ? "never" : wanted),
        e);
  }

  /**
   * Keeps the value, and tells no watch (etcd 2.3 to 3.5).
   *
   * @throws SinkDriftedException if there is nothing at the path. A client that prolongs it in the
   *     source knows that it lives there, so here it went by itself before the news came
   */
  private void refresh(String path, Expiry expiresAt) throws IOException, InterruptedException {
    try {
      client.send(
          V2Request.put(path, form(expiresAt).with("refresh", true).with("prevExist", true)));
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND) {
        throw new SinkDriftedException(
            "'%s' expired in the sink, but not in the source".formatted(path));
      }
      if (e.changesNoDirectory()) {
        V2Node found = client.get(path, "quorum=true").requireNode();
        requireLongEnough(found, expiresAt, e);
      } else if (e.errorCode() != V2ErrorException.NOT_A_DIRECTORY
          && e.errorCode() != V2ErrorException.NOT_A_FILE) {
        throw e;
      }
    }
  }

  /**
   * Deletes a value or an empty directory. A directory that holds what is not the mirror's stays,
   * without the expiry that the mirror gave it: that would take the others' keys along, and what
   * the source puts there later.
   */
  private void deleteOne(String path) throws IOException, InterruptedException {
    try {
      delete(path, "dir=true");
    } catch (V2ErrorException e) {
      if (e.errorCode() != V2ErrorException.DIRECTORY_NOT_EMPTY) {
        throw e;
      }
      keepDirectory(path, null);
    }
  }

  private void deleteTree(String path) throws IOException, InterruptedException {
    delete(path, "recursive=true&dir=true");
  }

  /** Deletes; nothing there, or a value where a directory above it would be, is as good. */
  private void delete(String path, String query, int... fine)
      throws IOException, InterruptedException {
    try {
      client.send(V2Request.delete(path, query));
    } catch (V2ErrorException e) {
      boolean isGone =
          e.errorCode() == V2ErrorException.KEY_NOT_FOUND
              || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY;
      if (!isGone && IntStream.of(fine).noneMatch(code -> code == e.errorCode())) {
        throw e;
      }
    }
  }

  /** Removes each value above the path that makes directories impossible; directories stay. */
  private void makeRoom(String path, V2ErrorException failure)
      throws IOException, InterruptedException {
    if (failure.errorCode() != V2ErrorException.NOT_A_DIRECTORY) {
      throw failure;
    }
    for (String ancestor : V2Paths.properAncestors(path)) {
      if (owned.mayWrite(ancestor)) {
        // Without dir and recursive this deletes a value only.
        delete(ancestor, "", V2ErrorException.NOT_A_FILE);
      } else if (isFile(ancestor)) {
        throw outsidePrefixes(path, ancestor);
      }
    }
  }

  /**
   * The nearest value above the path, or null if there is none (any more).
   *
   * @throws PermanentException if it lies outside of the prefixes
   */
  @Nullable String valueAbove(String path) throws IOException, InterruptedException {
    for (String ancestor : V2Paths.properAncestors(path)) {
      if (isFile(ancestor)) {
        if (!owned.mayWrite(ancestor)) {
          throw outsidePrefixes(path, ancestor);
        }
        return ancestor;
      }
    }
    return null;
  }

  private PermanentException outsidePrefixes(String path, String ancestor) {
    return new PermanentException(
        "write failed: '%s': its parent '%s' holds a value and is outside the sink's prefixes %s; remove that value by hand"
            .formatted(path, ancestor, owned));
  }

  private boolean isFile(String path) throws IOException, InterruptedException {
    try {
      return !client.get(path, "quorum=true").requireNode().dir();
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND
          || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY) {
        return false;
      }
      throw e;
    }
  }

  private static V2Form form(@Nullable Expiry expiresAt) {
    V2Form form = new V2Form().with("noValueOnSuccess", true);
    return expiresAt == null ? form : form.with("ttl", ttlSeconds(expiresAt));
  }

  /**
   * Rounded up, and one second more: the copy must not go before the source's own expiry has come
   * through as an event. It goes by itself only if the mirror is not there to delete it.
   */
  private static long ttlSeconds(Expiry expiresAt) {
    long millis = expiresAt.left().toMillis();
    return Math.max(1, Math.floorDiv(millis + 999, 1000)) + 1;
  }
}
