package org.etcdmirror.core.internal.keys;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.MirrorScope;

/** Translates an event of the source for the sink. */
final class KeyEvents {

  private static final Bytes ROOT = Bytes.utf8("/");

  private final KeyMapper keys;
  private final BoundRules rules;
  private final TransformStep transform;
  private final HiddenKeys hidden;

  KeyEvents(KeyMapper keys, BoundRules rules, TransformStep transform, HiddenKeys hidden) {
    this.keys = keys;
    this.rules = rules;
    this.transform = transform;
    this.hidden = hidden;
  }

  /**
   * Adds to {@code out} what a source's event means for the sink: nothing if it is out of scope.
   */
  void map(MirrorEvent event, List<MirrorEvent> out) {
    if (event instanceof DeleteTree tree) {
      if (!keys.renames() && !hidden.inSource(tree.key())) {
        mapTree(tree, out);
      }
    } else if (keys.isTaken(event.key())) {
      if (event instanceof Put put) {
        keys.refuseOwn(put);
        mapPut(put, out);
      } else if (event instanceof MakeDirectory directory && keys.mirrorsDirectories()) {
        Bytes key = rules.toTarget(directory.key());
        if (!key.equals(ROOT)) {
          out.add(keys.entry(directory, key));
        }
      } else if (!(event instanceof Refresh) || keys.keepsExpiry()) {
        mapKeys(event, out);
      }
    }
  }

  /** Deletes the older value of a put that the transform drops. */
  private void mapPut(Put put, List<MirrorEvent> out) {
    List<Bytes> possible = transform.keys(put.key());
    Map<Bytes, Put> made = transform.apply(put, possible);
    for (Bytes key : possible) {
      Put one = made.get(key);
      Bytes target = keys.target(key);
      if (target != null && one != null) {
        out.add(keys.entry(one, target));
      } else if (target != null) {
        makeParent(target, put.index(), out);
        delete(target, put.index(), out);
      }
    }
  }

  /** The directory that the source keeps for a dropped entry, and shows only in snapshots. */
  private void makeParent(Bytes target, long index, List<MirrorEvent> out) {
    Bytes parent = keys.mirrorsDirectories() ? Coalescer.parent(target) : null;
    if (parent != null && keys.owns(parent)) {
      out.add(MakeDirectory.implied(parent, index));
    }
  }

  private void mapKeys(MirrorEvent event, List<MirrorEvent> out) {
    for (Bytes key : transform.keys(event.key())) {
      Bytes target = keys.target(key);
      if (target != null && event instanceof Refresh && isDeletable(target)) {
        out.add(event.withKey(target));
      } else if (target != null) {
        // A directory has taken the place of whatever value was there.
        delete(target, event.index(), out);
      }
    }
  }

  private void delete(Bytes target, long index, List<MirrorEvent> out) {
    if (isDeletable(target)) {
      out.add(new Delete(target, index));
    }
  }

  /** The root of paths always is, and what mirrors remember was never written. */
  private boolean isDeletable(Bytes target) {
    return !(keys.sinkModel() == PATHS && target.equals(ROOT)) && !hidden.inSink(target);
  }

  private void mapTree(DeleteTree tree, List<MirrorEvent> out) {
    if (rules.ofSource(tree.key()) >= 0) {
      // An exclude of the top says nothing of what is below: see TreeDeletes.
      Bytes target = rules.toTarget(tree.key());
      if (!hidden.inSink(target)) {
        out.add(tree.withKey(target));
      }
      return;
    }
    // The tree may hold whole prefixes: an ancestor of what is mirrored was deleted.
    for (MirrorScope.Rule inside : rules.below(tree.key())) {
      out.add(tree.withKey(inside.target()));
    }
  }
}
