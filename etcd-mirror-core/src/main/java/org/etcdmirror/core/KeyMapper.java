package org.etcdmirror.core;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.jspecify.annotations.Nullable;

/**
 * A scope, bound to how the source and the sink name their keys. The one place where a source's key
 * becomes a sink's, for live events and snapshots alike. If either side names its keys by paths,
 * prefixes are paths on both.
 */
final class KeyMapper {

  private static final Bytes ROOT = Bytes.utf8("/");
  private final MirrorScope scope;
  private final List<MirrorScope.Rule> rules;
  private final KeyModel sourceModel;
  private final KeyModel sinkModel;

  /** What a prefix covers, on both sides. */
  private final KeyModel model;

  private final boolean keepExpiry;

  /**
   * Binds a scope.
   *
   * @throws IllegalArgumentException if a prefix is not one in the source's or the sink's model, or
   *     if two rules overlap on either side, as its keys are named
   */
  KeyMapper(MirrorScope scope, KeyModel sourceModel, KeyModel sinkModel, ExpiryPolicy expiry) {
    this.scope = scope;
    this.sourceModel = sourceModel;
    this.sinkModel = sinkModel;
    this.model = sourceModel == PATHS || sinkModel == PATHS ? PATHS : KeyModel.BYTES;
    this.keepExpiry = expiry == ExpiryPolicy.COPY;
    List<MirrorScope.Rule> bound = new ArrayList<>();
    for (MirrorScope.Rule rule : scope.rules()) {
      bound.add(
          model == PATHS ? new MirrorScope.Rule(path(rule.source()), path(rule.target())) : rule);
    }
    this.rules = List.copyOf(bound);
    for (int i = 0; i < rules.size(); i++) {
      for (int j = i + 1; j < rules.size(); j++) {
        refuseOverlap(sourceModel, rules.get(i).source(), rules.get(j).source());
        refuseOverlap(sinkModel, rules.get(i).target(), rules.get(j).target());
      }
    }
  }

  /** As the side understands them, or its snapshot would tell of some keys twice. */
  private static void refuseOverlap(KeyModel side, Bytes one, Bytes other) {
    if (side.covers(one, other) || side.covers(other, one)) {
      throw new IllegalArgumentException("prefixes '" + one + "' and '" + other + "' overlap");
    }
  }

  /** The path without a trailing slash. */
  private static Bytes path(Bytes prefix) {
    String text = prefix.toString();
    while (text.length() > 1 && text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("prefix '" + prefix + "' must begin with a slash");
    }
    if (!text.equals("/")) {
      for (String segment : text.substring(1).split("/", -1)) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
          throw new IllegalArgumentException(
              "prefix '" + prefix + "' has an empty, '.' or '..' segment");
        }
      }
    }
    return Bytes.utf8(text);
  }

  List<Bytes> sourcePrefixes() {
    return rules.stream().map(MirrorScope.Rule::source).toList();
  }

  List<Bytes> targetPrefixes() {
    return rules.stream().map(MirrorScope.Rule::target).toList();
  }

  /** Whether the sink is to have the directories of the source. */
  boolean mirrorsDirectories() {
    return sourceModel == PATHS && sinkModel == PATHS;
  }

  /** Whether keys without structure become paths. */
  boolean makesPaths() {
    return sourceModel != PATHS && sinkModel == PATHS;
  }

  /** Whether the two sides name their keys differently. */
  boolean changesModel() {
    return sourceModel != sinkModel;
  }

  boolean hasExcludes() {
    return !scope.excludes().isEmpty();
  }

  /** The position of the rule that covers a source key, or -1. */
  int sourceRule(Bytes key) {
    for (int i = 0; i < rules.size(); i++) {
      if (model.covers(rules.get(i).source(), key)) {
        return i;
      }
    }
    return -1;
  }

  /** The position of the rule that covers a sink key, or -1. */
  int targetRule(Bytes key) {
    for (int i = 0; i < rules.size(); i++) {
      if (model.covers(rules.get(i).target(), key)) {
        return i;
      }
    }
    return -1;
  }

  /** The sink's entry for a source's entry, or null if the sink is not to hold it. */
  @Nullable Entry map(Entry entry) {
    Bytes key = target(entry.key());
    if (key == null
        || (entry instanceof MakeDirectory && (sinkModel != PATHS || key.equals(ROOT)))) {
      return null;
    }
    Entry mapped = entry.withKey(key);
    return keepExpiry ? mapped : mapped.withoutExpiry();
  }

  /** The sink's key for a source's key, or null if it is out of scope. */
  private @Nullable Bytes target(Bytes sourceKey) {
    int rule = sourceRule(sourceKey);
    return rule < 0 || excluded(sourceKey) ? null : toTarget(rules.get(rule), sourceKey);
  }

  /** Why a sink of paths cannot hold the sink's key; a source of paths has no such keys. */
  @Nullable String refusal(Bytes sinkKey) {
    if (!makesPaths()) {
      return null;
    }
    if (sinkKey.equals(ROOT)) {
      return "the root is a directory";
    }
    for (String segment : sinkKey.utf8().substring(1).split("/", -1)) {
      if (segment.isEmpty()) {
        return "a segment is empty";
      } else if (segment.equals(".") || segment.equals("..")) {
        return "a segment is '" + segment + "'";
      }
    }
    return null;
  }

  /**
   * Adds to {@code out} what a source's event means for the sink: nothing if it is out of scope.
   */
  void map(MirrorEvent event, List<MirrorEvent> out) {
    if (event instanceof DeleteTree tree) {
      mapTree(tree, out);
      return;
    }
    if (event instanceof Entry entry) {
      Entry mapped = map(entry);
      if (mapped != null) {
        out.add(mapped);
        return;
      }
    }
    if (event instanceof Refresh && !keepExpiry) {
      return;
    }
    Bytes key = target(event.key());
    if (key == null || (sinkModel == PATHS && key.equals(ROOT))) {
      return;
    }
    // A directory has taken the place of whatever value was there.
    out.add(event instanceof MakeDirectory ? new Delete(key, event.index()) : event.withKey(key));
  }

  private void mapTree(DeleteTree tree, List<MirrorEvent> out) {
    int rule = sourceRule(tree.key());
    if (rule >= 0) {
      // An exclude of the top says nothing of what is below: see TreeDeletes.
      out.add(tree.withKey(toTarget(rules.get(rule), tree.key())));
      return;
    }
    // The tree may hold whole prefixes: an ancestor of what is mirrored was deleted.
    for (MirrorScope.Rule inside : rules) {
      if (model.covers(tree.key(), inside.source())) {
        out.add(tree.withKey(inside.target()));
      }
    }
  }

  /** Whether the sink's key is the mirror's to change. */
  boolean owns(Bytes sinkKey) {
    int rule = targetRule(sinkKey);
    return rule >= 0 && !excluded(toSource(rules.get(rule), sinkKey));
  }

  /**
   * The source's key of which the sink's key is the copy; null where only a look at the whole
   * source tells.
   */
  @Nullable Bytes sourceKey(Bytes sinkKey) {
    int rule = targetRule(sinkKey);
    Transform transform = scope.transform();
    boolean renamed = transform != null && transform.renames();
    return rule < 0 || renamed ? null : toSource(rules.get(rule), sinkKey);
  }

  /** The order in which snapshots tell of the sink's keys. */
  Comparator<Bytes> targetOrder() {
    return Comparator.<Bytes>comparingInt(this::targetRule)
        .thenComparing(Comparator.naturalOrder());
  }

  /** The order in which snapshots tell of the source's keys. */
  Comparator<Bytes> sourceOrder() {
    return Comparator.<Bytes>comparingInt(this::sourceRule)
        .thenComparing(Comparator.naturalOrder());
  }

  private boolean excluded(Bytes sourceKey) {
    if (scope.excludes().isEmpty()) {
      return false;
    }
    String text = sourceKey.utf8();
    return scope.excludes().stream().anyMatch(exclude -> exclude.matcher(text).matches());
  }

  private Bytes toTarget(MirrorScope.Rule rule, Bytes key) {
    return swap(rule.source(), rule.target(), key);
  }

  private Bytes toSource(MirrorScope.Rule rule, Bytes key) {
    return swap(rule.target(), rule.source(), key);
  }

  private Bytes swap(Bytes from, Bytes to, Bytes key) {
    if (from.equals(to)) {
      return key;
    }
    if (model != PATHS) {
      return to.plus(key.from(from.size()));
    }
    Bytes rest = from.equals(ROOT) ? key : key.from(from.size());
    // Without structure a key with a slash behind it is another key.
    if (rest.equals(ROOT) && sourceModel == PATHS) {
      rest = Bytes.EMPTY;
    }
    Bytes swapped = to.equals(ROOT) ? rest : to.plus(rest);
    return swapped.isEmpty() ? ROOT : swapped;
  }
}
