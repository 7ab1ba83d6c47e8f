package org.etcdmirror.v2.internal.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import okhttp3.Response;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.v2.internal.client.V2Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Headers;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state of a selection by one quorum read, so that it is of one index: of the lowest
 * directory with all of it, or of the one key that is wanted. v2 has no pages: the whole answer is
 * held in memory. One that takes more than half of the heap is refused before the memory is gone.
 */
public final class V2Tree {

  private final String root;
  private final List<String> prefixes;
  private final boolean exact;
  private final Predicate<Entry> wanted;

  /** The exact key that it is. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private final List<List<Entry>> entries = new ArrayList<>();

  private final long mostBytes = Runtime.getRuntime().maxMemory() / 2;
  private long bytes;

  private V2Tree(Selection selection, Predicate<Entry> wanted) {
    this.wanted = wanted;
    this.root = commonAncestor(selection.prefixes());
    this.prefixes = selection.prefixes().stream().map(V2Paths::path).toList();
    this.exact = selection.exact();
    for (String prefix : prefixes) {
      numbers.putIfAbsent(prefix, entries.size());
      entries.add(new ArrayList<>());
    }
  }

  /** Reads the entries of the selection; empty if there are none. */
  public static V2Snapshot read(V2Client client, Selection selection)
      throws IOException, InterruptedException {
    return read(client, selection, null);
  }

  /**
   * The same.
   *
   * @param lastResort the endpoint to read from only if all others fail, or null
   */
  public static V2Snapshot read(V2Client client, Selection selection, @Nullable String lastResort)
      throws IOException, InterruptedException {
    return read(client, selection, lastResort, entry -> true);
  }

  /** Reads the entries of the selection that are wanted; the others take no memory. */
  public static V2Snapshot readMatching(
      V2Client client, Selection selection, Predicate<Entry> wanted)
      throws IOException, InterruptedException {
    return read(client, selection, null, wanted);
  }

  private static V2Snapshot read(
      V2Client client, Selection selection, @Nullable String lastResort, Predicate<Entry> wanted)
      throws IOException, InterruptedException {
    V2Tree tree = new V2Tree(selection, wanted);
    boolean one = tree.exact && tree.prefixes.size() == 1;
    V2Request request = one ? V2Request.level(tree.root) : V2Request.tree(tree.root);
    try {
      return client.readTree(request, lastResort, tree::snapshot);
    } catch (V2ErrorException e) {
      return new V2Snapshot(V2Head.of(e), e.endpoint(), List.of());
    }
  }

  /**
   * The lowest directory with all the prefixes in it; of one prefix, itself. One read or watch of
   * it is one of all of them.
   *
   * @throws PermanentException if v2 hides one of the prefixes from reads of that directory
   */
  public static String commonAncestor(List<Bytes> prefixes) {
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
            "prefix '%s' is hidden in '%s' and cannot share a link with other prefixes; use a link of its own"
                .formatted(prefix, top));
      }
    }
    return top;
  }

  private V2Snapshot snapshot(Response response) throws IOException {
    SourceHead head = V2Headers.head(response);
    // A cut answer is read again from another endpoint.
    entries.forEach(List::clear);
    bytes = 0;
    V2Node top =
        V2Json.flatten(
            response.body().byteStream(), System.nanoTime(), node -> add(node, head.index()));
    V2Answer.requireOf(root, top, head.index());
    List<Entry> sorted = new ArrayList<>();
    for (List<Entry> of : entries) {
      of.sort(Comparator.comparing(Entry::key));
      requireDistinct(of);
      sorted.addAll(of);
    }
    return new V2Snapshot(head, V2Endpoints.text(response.request().url()), sorted);
  }

  private static void requireDistinct(List<Entry> sorted) throws V2ProtocolException {
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).key().equals(sorted.get(i - 1).key())) {
        throw new V2ProtocolException("'%s' is listed twice".formatted(sorted.get(i).key()));
      }
    }
  }

  private void add(V2Node node, long index) throws V2ProtocolException {
    V2Answer.requireWithin(node, index);
    String key = node.key();
    if (key.equals(V2Paths.ROOT)
        || V2Paths.hiddenBelow(root, key)
        || V2Paths.covers(V2Paths.INDEXES, key)) {
      return;
    }
    int number = number(key);
    if (number >= 0) {
      Entry entry = entry(node);
      if (wanted.test(entry)) {
        entries.get(number).add(entry);
        count(entry);
      }
    }
  }

  private void count(Entry entry) {
    long value = entry instanceof Put put ? put.value().size() : 0;
    bytes += entry.key().size() + value;
    if (bytes > mostBytes) {
      throw new PermanentException(
          "'%s' does not fit into a heap of %d MiB: etcd v2 returns all of it in one answer, which at '%s' (a value of %d bytes) has reached %d MiB; start the program with a larger heap (-Xmx), at least four times the size of all keys and values, or mirror the directories below it one by one"
              .formatted(
                  DisplayText.of(root),
                  (2 * mostBytes) >> 20,
                  DisplayText.of(entry.key()),
                  value,
                  bytes >> 20));
    }
  }

  /** The number of the prefix, or exact key, that wants the key; -1 if none does. */
  private int number(String key) {
    if (exact) {
      return numbers.getOrDefault(key, -1);
    }
    for (int i = 0; i < prefixes.size(); i++) {
      if (V2Paths.covers(prefixes.get(i), key)) {
        return i;
      }
    }
    return -1;
  }

  private static Entry entry(V2Node node) throws V2ProtocolException {
    Bytes key = Bytes.utf8(node.key());
    if (node.dir()) {
      return new MakeDirectory(key, node.modifiedIndex(), node.expiresAt());
    }
    String value = node.value();
    if (value == null) {
      throw new V2ProtocolException("'%s' has no value".formatted(V2Json.abbreviate(node.key())));
    }
    return new Put(key, Bytes.utf8(value), node.modifiedIndex(), node.expiresAt());
  }
}
