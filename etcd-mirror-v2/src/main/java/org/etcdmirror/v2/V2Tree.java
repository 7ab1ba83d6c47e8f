package org.etcdmirror.v2;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import okhttp3.Response;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;

/**
 * Reads the state of a selection by one recursive quorum read, so that it is of one index. v2 has
 * no pages: the whole answer is held in memory.
 */
final class V2Tree {

  private final String root;
  private final List<String> prefixes;
  private final List<List<Entry>> entries = new ArrayList<>();

  private V2Tree(List<Bytes> prefixes) {
    this.root = commonAncestor(prefixes);
    this.prefixes = prefixes.stream().map(V2Paths::path).toList();
    prefixes.forEach(prefix -> entries.add(new ArrayList<>()));
  }

  /** What the cluster holds in the selection; empty if there is nothing. */
  static Snapshot read(V2Client client, Selection selection)
      throws IOException, InterruptedException {
    V2Tree tree = new V2Tree(selection.prefixes());
    try {
      return client.readTree(tree.root, tree::snapshot);
    } catch (V2ErrorException e) {
      String clusterId = e.clusterId();
      boolean nothing =
          e.errorCode() == V2ErrorException.KEY_NOT_FOUND
              || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY;
      if (nothing && clusterId != null) {
        return new V2Snapshot(new SourceHead(clusterId, e.index()), List.of());
      }
      throw e;
    }
  }

  /**
   * The lowest directory with all the prefixes in it; of one prefix, itself. One read or watch of
   * it is one of all of them.
   *
   * @throws PermanentException if v2 hides one of the prefixes from reads of that directory
   */
  static String commonAncestor(List<Bytes> prefixes) {
    List<String> common = V2Paths.segments(V2Paths.path(prefixes.get(0)));
    for (Bytes prefix : prefixes) {
      List<String> segments = V2Paths.segments(V2Paths.path(prefix));
      int same = 0;
      while (same < Math.min(common.size(), segments.size())
          && common.get(same).equals(segments.get(same))) {
        same++;
      }
      common = common.subList(0, same);
    }
    String top = "/" + String.join("/", common);
    for (Bytes prefix : prefixes) {
      if (V2Paths.hiddenBelow(top, prefix.utf8())) {
        throw new PermanentException(
            "'%s' is hidden in '%s' and cannot be mirrored in one link with other prefixes"
                .formatted(prefix, top));
      }
    }
    return top;
  }

  private V2Snapshot snapshot(Response response) throws IOException {
    SourceHead head = new SourceHead(V2Client.clusterId(response), V2Client.etcdIndex(response));
    // A cut answer is read again from another endpoint.
    entries.forEach(List::clear);
    V2Json.flatten(response.body().byteStream(), Instant.now(), this::add);
    List<Entry> sorted = new ArrayList<>();
    for (List<Entry> of : entries) {
      of.sort(Comparator.comparing(Entry::key));
      sorted.addAll(of);
    }
    return new V2Snapshot(head, sorted);
  }

  private void add(V2Node node) throws V2ProtocolException {
    String key = node.key();
    if (key.equals(V2Paths.ROOT)
        || V2Paths.hiddenBelow(root, key)
        || V2Paths.covers(V2Paths.INDEXES, key)) {
      return;
    }
    for (int i = 0; i < prefixes.size(); i++) {
      if (V2Paths.covers(prefixes.get(i), key)) {
        entries.get(i).add(entry(node));
        return;
      }
    }
  }

  private static Entry entry(V2Node node) throws V2ProtocolException {
    Bytes key = Bytes.utf8(node.key());
    if (node.dir()) {
      return new MakeDirectory(key, node.modifiedIndex(), node.expiresAt());
    }
    String value = node.value();
    if (value == null) {
      throw new V2ProtocolException("a file without a value: " + node.key());
    }
    return new Put(key, Bytes.utf8(value), node.modifiedIndex(), node.expiresAt());
  }
}
