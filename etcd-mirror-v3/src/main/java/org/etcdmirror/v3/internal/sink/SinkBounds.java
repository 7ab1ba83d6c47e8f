package org.etcdmirror.v3.internal.sink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;

/**
 * The keys that the mirror may touch: those under its prefixes, without those that hold
 * checkpoints. Under former prefixes it only deletes.
 */
public final class SinkBounds {

  /** Keys from one up to, but not including, another. */
  record Span(Bytes from, Bytes end) {}

  private static final Bytes SLASH = Bytes.utf8("/");

  /** The byte after the slash. */
  private static final Bytes AFTER_SLASH = Bytes.utf8("0");

  private static final Bytes NO_END = Bytes.of(new byte[1]);

  private final List<Bytes> prefixes;
  private final List<Bytes> all;
  private final OwnKeySet own;
  private final KeyModel model;

  /**
   * Bounds.
   *
   * @param own where mirrors keep what they remember
   * @throws IllegalArgumentException if a prefix is one of these keys
   */
  public SinkBounds(SinkContext context, OwnKeySet own) {
    context.prefixes().forEach(own::refuse);
    this.model = context.sourceKeyModel();
    this.prefixes = meant(context.prefixes());
    this.all = Stream.concat(prefixes.stream(), meant(context.formerPrefixes()).stream()).toList();
    this.own = own;
  }

  private List<Bytes> meant(List<Bytes> given) {
    return model == KeyModel.BYTES ? given : given.stream().map(SinkBounds::asPath).toList();
  }

  private static Bytes asPath(Bytes prefix) {
    int length = prefix.size();
    return length > 1 && prefix.at(length - 1) == '/'
        ? Bytes.of(Arrays.copyOf(prefix.toByteArray(), length - 1))
        : prefix;
  }

  /** Whether the key holds what a mirror remembers: it is neither written nor shown. */
  boolean isOwn(Bytes key) {
    return own.contains(key);
  }

  /**
   * Refuses an event that is not the mirror's to apply.
   *
   * @throws PermanentException if its key is outside the prefixes
   */
  void require(MirrorEvent event) {
    List<Bytes> allowed = event instanceof MirrorEvent.Delete ? all : prefixes;
    if (allowed.stream().noneMatch(prefix -> model.covers(prefix, event.key()))) {
      throw outside(event.key());
    }
  }

  private PermanentException outside(Bytes key) {
    return new PermanentException(
        "write refused: key '%s' is outside the sink's prefixes %s".formatted(key, prefixes));
  }

  static Bytes below(Bytes tree) {
    return tree.equals(SLASH) ? SLASH : tree.plus(SLASH);
  }

  static Bytes endOf(Bytes tree) {
    return tree.equals(SLASH) ? AFTER_SLASH : tree.plus(AFTER_SLASH);
  }

  /**
   * What goes with a tree.
   *
   * @param spared keys that stay, in order
   * @throws PermanentException if all of it is outside the prefixes
   */
  List<Span> tree(Bytes tree, Iterable<Bytes> spared) {
    NavigableMap<Bytes, Bytes> holes = new TreeMap<>();
    spared.forEach(key -> holes.put(key, Wire.after(key)));
    own.elsewhere().forEach(key -> holes.put(key, Wire.after(key)));
    holes.put(Wire.OWN_TOP, Wire.after(Wire.OWN_TOP));
    holes.put(Wire.OWN, Wire.OWN_END);
    List<Span> owned = new ArrayList<>();
    addShared(owned, new Span(tree, Wire.after(tree)));
    addShared(owned, new Span(below(tree), endOf(tree)));
    if (owned.isEmpty()) {
      throw outside(tree);
    }
    List<Span> cut = new ArrayList<>();
    owned.forEach(span -> cut(span, holes, cut));
    return cut;
  }

  private void addShared(List<Span> out, Span wanted) {
    for (Bytes prefix : all) {
      if (model == KeyModel.BYTES || prefix.isEmpty() || prefix.equals(SLASH)) {
        KeyRange range = KeyRange.of(prefix);
        addShared(out, wanted, Wire.bytes(range.from()), Wire.bytes(range.end()));
      } else {
        addShared(out, wanted, prefix, Wire.after(prefix));
        addShared(out, wanted, below(prefix), endOf(prefix));
      }
    }
  }

  private static void addShared(List<Span> out, Span wanted, Bytes from, Bytes end) {
    Bytes first = from.compareTo(wanted.from) > 0 ? from : wanted.from;
    Bytes last = end.equals(NO_END) || end.compareTo(wanted.end) > 0 ? wanted.end : end;
    if (first.compareTo(last) < 0) {
      out.add(new Span(first, last));
    }
  }

  private static void cut(Span span, NavigableMap<Bytes, Bytes> holes, List<Span> out) {
    Bytes from = span.from;
    for (Map.Entry<Bytes, Bytes> hole : holes.entrySet()) {
      if (hole.getValue().compareTo(from) <= 0 || hole.getKey().compareTo(span.end) >= 0) {
        continue;
      }
      if (from.compareTo(hole.getKey()) < 0) {
        out.add(new Span(from, hole.getKey()));
      }
      from = hole.getValue();
    }
    if (from.compareTo(span.end) < 0) {
      out.add(new Span(from, span.end));
    }
  }
}
