package org.etcdmirror.core;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/**
 * A source's snapshot as the sink is to hold it: in scope, transformed, under the sink's keys, in
 * the order of the rules and inside each in the order of keys. Holds what comes of one entry in
 * memory; of all entries where a transform renames keys, as only then their order is known.
 */
final class MappedSnapshot implements Snapshot {

  /** An entry of the sink, and the source's key that it comes from. */
  private record Made(Entry entry, Bytes source) {}

  private final Snapshot source;
  private final KeyMapper mapper;
  private final List<Entry> made = new ArrayList<>();
  private final Queue<Entry> ready = new ArrayDeque<>();
  private final NewestPuts newest = new NewestPuts();
  private final Set<Integer> expiring = new HashSet<>();
  private boolean sorted;

  MappedSnapshot(Snapshot source, KeyMapper mapper) {
    this.source = source;
    this.mapper = mapper;
  }

  @Override
  public SourceHead head() {
    return source.head();
  }

  /**
   * The next entry, or null after the last one.
   *
   * @throws PermanentException if a transform fails, or makes one key of two
   */
  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    if (mapper.renames() && !sorted) {
      sorted = true;
      sort();
    }
    while (ready.isEmpty() && !sorted) {
      Entry entry = source.next();
      if (entry == null) {
        return null;
      }
      ready.addAll(mapped(entry));
    }
    return ready.poll();
  }

  /** What comes of an entry; the list is used again. */
  private List<Entry> mapped(Entry entry) {
    made.clear();
    mapper.mapEntry(entry, made);
    learnExpiry(entry);
    if (!made.isEmpty() && entry instanceof Put put && Anchors.isSteady(put)) {
      newest.add(new NewestPuts.Version(put.key(), put.index(), isLasting(put)));
    }
    return made;
  }

  /** Directories come before what is in them. */
  private boolean isLasting(Put put) {
    return put.expiresAt() == null
        && (expiring.isEmpty()
            || made.stream().noneMatch(one -> ExpiringKeys.isIn(expiring, one.key())));
  }

  private void learnExpiry(Entry entry) {
    if (entry.expiresAt() != null && expiring.size() < ExpiringKeys.MOST) {
      if (entry instanceof Put) {
        made.forEach(one -> expiring.add(ExpiringKeys.hash(one.key())));
      } else {
        mapper.held(entry.key()).forEach(key -> expiring.add(ExpiringKeys.hash(key)));
      }
    }
  }

  private void sort() throws IOException, InterruptedException {
    List<Made> all = new ArrayList<>();
    for (Entry entry = source.next(); entry != null; entry = source.next()) {
      for (Entry one : mapped(entry)) {
        all.add(new Made(one, entry.key()));
      }
    }
    all.sort(
        Comparator.comparingInt((Made one) -> mapper.targetRule(one.entry().key()))
            .thenComparing(one -> one.entry().key()));
    for (int i = 0; i < all.size(); i++) {
      Bytes key = all.get(i).entry().key();
      if (i > 0 && key.equals(all.get(i - 1).entry().key())) {
        throw mapper.collision(sources(all, key), key);
      }
      ready.add(all.get(i).entry());
    }
  }

  private static Set<Bytes> sources(List<Made> all, Bytes key) {
    Set<Bytes> sources = new TreeSet<>();
    for (Made one : all) {
      if (one.entry().key().equals(key)) {
        sources.add(one.source());
      }
    }
    return sources;
  }

  /**
   * The newest puts whose version stays, and of those that do not go by themselves; known only
   * after the last entry.
   */
  List<Anchors.Standing> newest() {
    return newest.get().stream().map(this::standing).filter(put -> put.version() > 0).toList();
  }

  private Anchors.Standing standing(NewestPuts.Version put) {
    return new Anchors.Standing(put.key(), put.index(), mapper.held(put.key()), put.lasting());
  }

  /** The hashes of what has a time to live, as {@link ExpiringKeys} knows them. */
  Set<Integer> expiring() {
    return expiring;
  }

  @Override
  public void close() {
    source.close();
  }
}
