package org.etcdmirror.v2.internal.index;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Failures;
import org.etcdmirror.v2.internal.client.V2RefusedException;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * Finds the indexes that mirrors keep in a cluster. What begins with an underscore is in no list
 * (etcd 2.3 to 3.5) and must be asked for by name: the description of each number, and the number
 * of the link with everything in it. A link whose own name has such a segment is not found.
 */
public final class V2StoredLinks {

  private final V2Client client;

  public V2StoredLinks(V2Client client) {
    this.client = client;
  }

  /** The readable checkpoints. */
  public List<StoredLink> read() throws IOException, InterruptedException {
    List<StoredLink> found = new ArrayList<>();
    add(V2Link.ROOT, fetch(V2Link.ROOT.indexKey(), ""), found);
    Deque<V2Node> unread = new ArrayDeque<>();
    V2Node top = fetch(V2Paths.INDEXES, "recursive=true&");
    if (top != null) {
      unread.addAll(top.nodes());
    }
    while (!unread.isEmpty()) {
      V2Node node = unread.remove();
      unread.addAll(node.nodes());
      add(new V2Link(node.key().substring(V2Paths.INDEXES.length() + 1)), node, found);
    }
    return found;
  }

  private void add(V2Link link, @Nullable V2Node number, List<StoredLink> found)
      throws IOException, InterruptedException {
    if (number == null || number.value() == null) {
      return;
    }
    V2Node meta = fetch(link.metaKey(), "");
    try {
      String json = meta == null ? null : meta.value();
      V2Meta described = json == null ? null : V2Meta.parse(json, link.metaKey());
      found.add(
          new StoredLink(Bytes.utf8(link.indexKey()), link.checkpoint(number.value(), described)));
    } catch (PermanentException noCheckpoint) {
      // Another program's key: no mirror could resume from it.
    }
  }

  /** Null if there is nothing, or nothing for this user. */
  private @Nullable V2Node fetch(String key, String query)
      throws IOException, InterruptedException {
    try {
      return client.get(key, query + "quorum=true").requireNode();
    } catch (V2ErrorException e) {
      if (e.isAbsence()) {
        return null;
      }
      throw e;
    } catch (V2RefusedException | PermanentException e) {
      if (V2Failures.isDenial(e)) {
        return null;
      }
      throw e;
    }
  }
}
