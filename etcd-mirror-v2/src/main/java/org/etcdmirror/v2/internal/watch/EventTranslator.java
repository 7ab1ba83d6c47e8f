package org.etcdmirror.v2.internal.watch;

import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.v2.internal.protocol.V2Action;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Says what a v2 event means for a mirror, the same whether it comes live or from history. Two
 * things differ on the wire (etcd 2.3 to 3.5): history shows hidden keys, and it matches the
 * removal of an ancestor as a string, so that the end of {@code /foo} shows up on a watch of {@code
 * /foobar}.
 */
public final class EventTranslator {

  static final char REPLACEMENT = '\uFFFD';

  private final String root;
  private final List<String> prefixes;

  /**
   * Creates the translator for the watch of one tree.
   *
   * @param root what is watched
   * @param prefixes what is wanted of it
   */
  public EventTranslator(String root, List<String> prefixes) {
    this.root = root;
    this.prefixes = List.copyOf(prefixes);
  }

  /**
   * Whether an event may come over a watch. The removal of what is above does, and history takes
   * that for text.
   *
   * @throws V2ProtocolException if no etcd would send it there
   */
  static void requireOf(String watched, V2Event event) throws V2ProtocolException {
    String key = event.node().key();
    boolean isAbove = !event.action().leavesNode() && watched.startsWith(key);
    if (!V2Paths.covers(watched, key) && !isAbove) {
      throw new V2ProtocolException(
          "event is for a key that is not watched: '%s'".formatted(V2Json.abbreviate(key)));
    }
  }

  /** The event; nothing if it does not concern the tree. */
  Optional<MirrorEvent> translate(V2Event event) throws V2ProtocolException {
    V2Node node = event.node();
    Bytes key = Bytes.utf8(node.key());
    long index = node.modifiedIndex();
    if (event.action() == V2Action.GET || index <= 0) {
      throw new V2ProtocolException(
          "not an event: action %s on %s at index %d".formatted(event.action(), node.key(), index));
    }
    if (V2Paths.covers(V2Paths.INDEXES, node.key())) {
      return Optional.empty();
    }
    boolean removed = !event.action().leavesNode();
    if (!isWanted(node.key())) {
      return removed && isAbovePrefix(node.key())
          ? Optional.of(new DeleteTree(key, index))
          : Optional.empty();
    }
    if (V2Paths.hiddenBelow(root, node.key())) {
      return Optional.empty();
    }
    if (removed) {
      return Optional.of(wasDirectory(event) ? new DeleteTree(key, index) : new Delete(key, index));
    }
    if (node.dir()) {
      return Optional.of(new MakeDirectory(key, index, node.expiresAt()));
    }
    return Optional.of(new Put(key, Bytes.utf8(value(node)), index, node.expiresAt()));
  }

  /** The notice about a value that v2's JSON may have changed. */
  static @Nullable SourceNotice lossyValue(V2Event event) {
    String value = event.node().value();
    if (value == null || value.indexOf(REPLACEMENT) < 0) {
      return null;
    }
    return lossyValue(event.node().key(), event.node().modifiedIndex(), 1);
  }

  /** The notice for {@code count} such values, of which this is one. */
  static SourceNotice lossyValue(String key, long index, long count) {
    return new SourceNotice(
        SourceNotice.Kind.LOSSY_VALUE,
        count,
        "value of %s at index %d contains U+FFFD: etcd v2's JSON loses bytes that are not UTF-8"
            .formatted(key, index));
  }

  private static String value(V2Node node) throws V2ProtocolException {
    String value = node.value();
    if (value == null) {
      throw new V2ProtocolException(
          "event has no value: %s at index %d".formatted(node.key(), node.modifiedIndex()));
    }
    return value;
  }

  /** Before etcd 3.2 an expiry says only of the node as it was that it is a directory. */
  private static boolean wasDirectory(V2Event event) {
    V2Node before = event.prevNode();
    return event.node().dir() || (before != null && before.dir());
  }

  private boolean isWanted(String key) {
    return prefixes.stream().anyMatch(prefix -> V2Paths.covers(prefix, key));
  }

  private boolean isAbovePrefix(String key) {
    return prefixes.stream().anyMatch(prefix -> V2Paths.covers(key, prefix));
  }
}
