package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * Removes directories that were made only as parents, as soon as they are empty; never one with
 * something in it, be it hidden or new, and never a prefix itself, unless a value is to take its
 * place.
 */
final class V2EmptyDirectories {

  private final V2Client client;
  private final V2Owned owned;
  private final int maxInFlight;

  V2EmptyDirectories(V2Client client, V2Owned owned, int maxInFlight) {
    this.client = client;
    this.owned = owned;
    this.maxInFlight = maxInFlight;
  }

  /**
   * Removes what has become empty above keys, the deepest first.
   *
   * @param deleted keys that were deleted while no value stood above them
   * @param batch what else was written: a delete does not tell a directory from a value
   */
  void removeAbove(Collection<String> deleted, List<MirrorEvent> batch)
      throws IOException, InterruptedException {
    Set<String> values = new HashSet<>();
    for (MirrorEvent event : batch) {
      if (event instanceof Put) {
        values.add(event.key().utf8());
      }
    }
    TreeMap<Integer, Set<String>> byDepth = new TreeMap<>(Comparator.reverseOrder());
    deleted.forEach(path -> addParent(path, values, byDepth));
    while (!byDepth.isEmpty()) {
      Set<String> gone = ConcurrentHashMap.newKeySet();
      new V2Pipeline(client, directory -> remove(directory.key().utf8(), gone), maxInFlight)
          .write(
              byDepth.pollFirstEntry().getValue().stream()
                  .map(path -> new Delete(Bytes.utf8(path), 0))
                  .toList());
      gone.forEach(path -> addParent(path, values, byDepth));
    }
  }

  private void addParent(
      String path, Set<String> values, Map<Integer, Set<String>> directoriesByDepth) {
    String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    if (!parent.isEmpty() && owned.isInside(parent) && !values.contains(parent)) {
      int depth = V2Paths.segments(parent).size();
      directoriesByDepth.computeIfAbsent(depth, any -> new TreeSet<>()).add(parent);
    }
  }

  private void remove(String path, Set<String> gone) throws IOException, InterruptedException {
    if (delete(path)) {
      gone.add(path);
    }
  }

  /**
   * Deletes a value or an empty directory; one that is not empty stays.
   *
   * @return whether the directory above it, if there is one, may be empty now
   */
  boolean delete(String path) throws IOException, InterruptedException {
    try {
      client.send(V2Request.delete(path, "dir=true"));
      return true;
    } catch (V2ErrorException e) {
      return switch (e.errorCode()) {
        case V2ErrorException.KEY_NOT_FOUND -> true;
        case V2ErrorException.NOT_A_DIRECTORY, V2ErrorException.DIRECTORY_NOT_EMPTY -> false;
        default -> throw e;
      };
    }
  }

  /**
   * Removes a directory with nothing but directories in it.
   *
   * @return a key inside it, because of which it stays; null if it is gone
   */
  @Nullable String removeOrFind(String path) throws IOException, InterruptedException {
    List<String> directories = new ArrayList<>();
    Deque<String> unread = new ArrayDeque<>(List.of(path));
    while (!unread.isEmpty()) {
      String directory = unread.remove();
      directories.add(directory);
      for (V2Node node : list(directory)) {
        if (!node.dir()) {
          return node.key();
        }
        unread.add(node.key());
      }
    }
    Collections.reverse(directories);
    for (String directory : directories) {
      Set<String> gone = new HashSet<>();
      remove(directory, gone);
      if (gone.isEmpty()) {
        // Not listed and not empty: its entries begin with an underscore, or are new.
        return directory + "/_";
      }
    }
    return null;
  }

  /** One level, so that of a large tree no more is read than is needed. */
  private List<V2Node> list(String directory) throws IOException, InterruptedException {
    try {
      return client.get(directory, "quorum=true").requireNode().nodes();
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND
          || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY) {
        return List.of();
      }
      throw e;
    }
  }
}
