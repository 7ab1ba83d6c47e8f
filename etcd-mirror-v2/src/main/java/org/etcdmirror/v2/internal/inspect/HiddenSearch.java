package org.etcdmirror.v2.internal.inspect;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.HttpUrl;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.api.internal.HidingCluster.Search;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.read.V2Head;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.etcdmirror.v2.internal.watch.HistoryLook;

/**
 * Walks through the newest history of a tree, which shows hidden keys, unlike all reads. Each event
 * takes a request.
 */
final class HiddenSearch {

  private static final Duration TIME = Duration.ofSeconds(5);
  private static final int MOST_EVENTS = 300;
  private static final int MOST_FOUND = 3;

  private final V2Client client;
  private final String root;
  private final List<String> prefixes;

  HiddenSearch(V2Client client, List<Bytes> prefixes) {
    this.client = client;
    this.root = V2Tree.commonAncestor(prefixes);
    this.prefixes = prefixes.stream().map(V2Paths::path).toList();
  }

  Search run() throws IOException, InterruptedException {
    HttpUrl endpoint = client.endpoint(0);
    long head = V2Head.readFrom(client, endpoint, root).index();
    long from = Math.max(1, head - MOST_EVENTS + 1);
    long next = from;
    long began = System.nanoTime();
    Set<String> found = new TreeSet<>();
    while (next <= head && found.size() < MOST_FOUND) {
      if (System.nanoTime() - began > TIME.toNanos()) {
        return new Search(List.copyOf(found), from, next - 1);
      }
      V2Event event = new HistoryLook(client, endpoint, root, true, next).ask(next).event();
      if (event == null) {
        break;
      }
      String key = event.node().key();
      if (isHidden(key)) {
        found.add("'" + DisplayText.of(key) + "'");
      }
      next = event.node().modifiedIndex() + 1;
    }
    return new Search(List.copyOf(found), from, head);
  }

  private boolean isHidden(String key) {
    return prefixes.stream()
        .anyMatch(prefix ->
            V2Paths.covers(prefix, key)
                && V2Paths.hiddenBelow(prefix, key)
                && !V2Paths.covers(V2Paths.INDEXES, key));
  }
}
