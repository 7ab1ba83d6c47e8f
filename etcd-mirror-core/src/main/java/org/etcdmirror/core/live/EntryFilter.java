package org.etcdmirror.core.live;

import java.util.List;
import java.util.function.BiPredicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.Transform;

/** Leaves out entries before they reach the sink, so that comparisons leave them out as well. */
record EntryFilter(BiPredicate<Bytes, Bytes> keep) implements Transform {

  @Override
  public String identity() {
    return "filter of a live map";
  }

  @Override
  public boolean renames() {
    return false;
  }

  @Override
  public List<Put> apply(Put put) {
    return keep.test(put.key(), put.value()) ? List.of(put) : List.of();
  }
}
