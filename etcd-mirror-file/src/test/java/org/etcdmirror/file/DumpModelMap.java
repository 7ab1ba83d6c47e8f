package org.etcdmirror.file;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;

/**
 * What a dump must hold, as a map of keys to values; a directory is {@code <dir>}. A deleted
 * directory stays until it is empty.
 */
final class DumpModelMap {

  private static final String DIRECTORY = "<dir>";
  private static final String DELETED = "<deleted dir>";

  private final KeyModel keyModel;
  private final TreeMap<Bytes, String> entries = new TreeMap<>();

  DumpModelMap(KeyModel keyModel) {
    this.keyModel = keyModel;
  }

  void apply(MirrorEvent event) {
    Bytes key = event.key();
    if (event instanceof Put put) {
      if (keyModel == KeyModel.PATHS) {
        makeParents(key);
        below(key).forEach(entries::remove);
      }
      entries.put(key, put.value().utf8());
    } else if (event instanceof MakeDirectory) {
      makeParents(key);
      entries.put(key, DIRECTORY);
    } else if (event instanceof DeleteTree) {
      below(key).forEach(entries::remove);
      entries.remove(key);
    } else if (event instanceof Delete) {
      entries.computeIfPresent(
          key, (same, value) -> value.equals(DIRECTORY) || value.equals(DELETED) ? DELETED : null);
    }
  }

  private List<Bytes> below(Bytes key) {
    return entries.keySet().stream()
        .filter(one -> !one.equals(key) && KeyModel.PATHS.covers(key, one))
        .toList();
  }

  private void makeParents(Bytes key) {
    String path = key.utf8();
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      entries.put(Bytes.utf8(path.substring(0, slash)), DIRECTORY);
    }
  }

  /** The entries as {@code key=value}, in key order. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    entries.forEach((key, value) -> {
      if (!value.equals(DELETED)) {
        lines.add(key + "=" + value);
      } else if (below(key).stream().anyMatch(one -> !DELETED.equals(entries.get(one)))) {
        lines.add(key + "=" + DIRECTORY);
      }
    });
    return lines;
  }

  static String line(MirrorEvent.Entry entry) {
    return entry.key() + "=" + (entry instanceof Put put ? put.value().utf8() : DIRECTORY);
  }
}
