package org.etcdmirror.core;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * A scope, bound to how the source and the sink name their keys. The one place where a source's key
 * becomes a sink's, for live events and snapshots alike: an exclude looks at the source's key, then
 * the transform has its say, the exclude looks at what that made up, and a rule replaces the
 * prefix. If either side names its keys by paths, prefixes are paths on both.
 */
final class KeyMapper {

  private static final Bytes ROOT = Bytes.utf8("/");
  private final MirrorScope scope;
  private final BoundRules rules;
  private final KeyModel sourceModel;
  private final KeyModel sinkModel;

  private final boolean keepExpiry;
  private final TransformStep transform;

  /**
   * Binds a scope.
   *
   * @throws IllegalArgumentException as {@link BoundRules} does
   */
  KeyMapper(MirrorScope scope, KeyModel sourceModel, KeyModel sinkModel, ExpiryPolicy expiry) {
    this.scope = scope;
    this.sourceModel = sourceModel;
    this.sinkModel = sinkModel;
    this.keepExpiry = expiry == ExpiryPolicy.COPY;
    this.transform = new TransformStep(scope.transform());
    this.rules = new BoundRules(scope.rules(), sourceModel, sinkModel, eventModel());
  }

  List<Bytes> sourcePrefixes() {
    return rules.sources();
  }

  List<Bytes> targetPrefixes() {
    return rules.targets();
  }

  MirrorScope scope() {
    return scope;
  }

  /** The rules, with prefixes as they are understood. */
  List<MirrorScope.Rule> rules() {
    return rules.all();
  }

  KeyModel sourceModel() {
    return sourceModel;
  }

  KeyModel sinkModel() {
    return sinkModel;
  }

  /** How the keys of mapped events are to be understood: what is renamed has no structure. */
  KeyModel eventModel() {
    return renames() ? KeyModel.BYTES : sourceModel;
  }

  /** Whether keys may change in more than their prefix. */
  boolean renames() {
    return transform.renames();
  }

  /** Whether the sink is to have the directories of the source. */
  boolean mirrorsDirectories() {
    return eventModel() == PATHS && sinkModel == PATHS;
  }

  /** Whether keys without structure become paths. */
  boolean makesPaths() {
    return eventModel() != PATHS && sinkModel == PATHS;
  }

  /** Whether the two sides may name their keys differently. */
  boolean changesModel() {
    return sourceModel != sinkModel || renames();
  }

  boolean hasExcludes() {
    return !scope.excludes().isEmpty();
  }

  /** The place of the rule that covers a sink key, or -1. */
  int targetRule(Bytes key) {
    return rules.ofTarget(key);
  }

  /** Adds to {@code out} the sink's entries for a source's entry; none if it is to hold none. */
  void mapEntry(Entry entry, List<Entry> out) {
    if (!isMirrored(entry.key())) {
      return;
    }
    if (entry instanceof Put put && transform.isPresent()) {
      for (Put made : transform.apply(put, transform.keys(put.key())).values()) {
        Bytes key = target(made.key());
        if (key != null) {
          out.add(entry(made, key));
        }
      }
    } else if (entry instanceof Put || mirrorsDirectories()) {
      Bytes key = rules.toTarget(entry.key());
      if (entry instanceof Put || !key.equals(ROOT)) {
        out.add(entry(entry, key));
      }
    }
  }

  private Entry entry(Entry entry, Bytes key) {
    Entry mapped = entry.withKey(key);
    return keepExpiry ? mapped : mapped.withoutExpiry();
  }

  private boolean isMirrored(Bytes sourceKey) {
    return rules.ofSource(sourceKey) >= 0 && !excluded(sourceKey);
  }

  /** The sink's key for a key as the source would name it, or null if it is out of scope. */
  private @Nullable Bytes target(Bytes sourceKey) {
    return isMirrored(sourceKey) ? rules.toTarget(sourceKey) : null;
  }

  /** Every key of the sink that may hold something of a source's key; none if out of scope. */
  List<Bytes> held(Bytes sourceKey) {
    List<Bytes> held = new ArrayList<>();
    if (isMirrored(sourceKey)) {
      for (Bytes key : transform.keys(sourceKey)) {
        Bytes target = target(key);
        if (target != null) {
          held.add(target);
        }
      }
    }
    return held;
  }

  /** What to say when several keys of the source become one of the sink. */
  PermanentException collision(Set<Bytes> sources, Bytes sinkKey) {
    return transform.collision(sources, sinkKey);
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
      if (!renames()) {
        mapTree(tree, out);
      }
    } else if (isMirrored(event.key())) {
      if (event instanceof Put put) {
        mapPut(put, out);
      } else if (event instanceof MakeDirectory directory && mirrorsDirectories()) {
        Bytes key = rules.toTarget(directory.key());
        if (!key.equals(ROOT)) {
          out.add(entry(directory, key));
        }
      } else if (!(event instanceof Refresh) || keepExpiry) {
        mapKeys(event, out);
      }
    }
  }

  /** Where the transform drops a put, an older one must not stay. */
  private void mapPut(Put put, List<MirrorEvent> out) {
    List<Bytes> keys = transform.keys(put.key());
    Map<Bytes, Put> made = transform.apply(put, keys);
    for (Bytes key : keys) {
      Put one = made.get(key);
      Bytes target = target(key);
      if (target != null && one != null) {
        out.add(entry(one, target));
      } else if (target != null) {
        makeParent(target, put.index(), out);
        delete(target, put.index(), out);
      }
    }
  }

  /** The directory that the source has for what is dropped, and tells of in snapshots alone. */
  private void makeParent(Bytes target, long index, List<MirrorEvent> out) {
    Bytes parent = mirrorsDirectories() ? Coalescer.parent(target) : null;
    if (parent != null && owns(parent)) {
      out.add(MakeDirectory.implied(parent, index));
    }
  }

  private void mapKeys(MirrorEvent event, List<MirrorEvent> out) {
    for (Bytes key : transform.keys(event.key())) {
      Bytes target = target(key);
      if (target != null && event instanceof Refresh && !isRootOfPaths(target)) {
        out.add(event.withKey(target));
      } else if (target != null) {
        // A directory has taken the place of whatever value was there.
        delete(target, event.index(), out);
      }
    }
  }

  private void delete(Bytes target, long index, List<MirrorEvent> out) {
    if (!isRootOfPaths(target)) {
      out.add(new Delete(target, index));
    }
  }

  private boolean isRootOfPaths(Bytes target) {
    return sinkModel == PATHS && target.equals(ROOT);
  }

  /** Whether a deleted tree concerns the scope, and nobody can tell what of the sink it was. */
  boolean needsComparison(DeleteTree tree) {
    return renames() && (rules.ofSource(tree.key()) >= 0 || !rules.below(tree.key()).isEmpty());
  }

  private void mapTree(DeleteTree tree, List<MirrorEvent> out) {
    if (rules.ofSource(tree.key()) >= 0) {
      // An exclude of the top says nothing of what is below: see TreeDeletes.
      out.add(tree.withKey(rules.toTarget(tree.key())));
      return;
    }
    // The tree may hold whole prefixes: an ancestor of what is mirrored was deleted.
    for (MirrorScope.Rule inside : rules.below(tree.key())) {
      out.add(tree.withKey(inside.target()));
    }
  }

  /** Whether the sink's key is the mirror's to change. */
  boolean owns(Bytes sinkKey) {
    return targetRule(sinkKey) >= 0 && !excluded(rules.toSource(sinkKey));
  }

  /**
   * The source's key of which the sink's key is the copy; null where only a look at the whole
   * source tells.
   */
  @Nullable Bytes sourceKey(Bytes sinkKey) {
    return targetRule(sinkKey) < 0 || renames() ? null : rules.toSource(sinkKey);
  }

  /** The order in which snapshots tell of the sink's keys. */
  Comparator<Bytes> targetOrder() {
    return Comparator.<Bytes>comparingInt(this::targetRule)
        .thenComparing(Comparator.naturalOrder());
  }

  /** The order in which snapshots tell of the source's keys. */
  Comparator<Bytes> sourceOrder() {
    return Comparator.<Bytes>comparingInt(rules::ofSource).thenComparing(Comparator.naturalOrder());
  }

  private boolean excluded(Bytes sourceKey) {
    if (scope.excludes().isEmpty()) {
      return false;
    }
    String text = sourceKey.utf8();
    return scope.excludes().stream().anyMatch(exclude -> exclude.matcher(text).matches());
  }
}
