package org.etcdmirror.core.internal.diff;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.NewestPuts;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * A source's snapshot as the sink is to hold it: in scope, transformed, under the sink's keys, in
 * the order of the rules and inside each in the order of keys. Holds what comes of one entry in
 * memory; of all entries where a transform renames keys, as only then their order is known.
 */
public final class MappedSnapshot implements Snapshot {

  /** Comes before each entry that is taken of those that were renamed. */
  public interface Between {
    void entries() throws IOException, InterruptedException;
  }

  private final Snapshot source;
  private final KeyMapper mapper;
  private final Found found;
  private final Between between;
  private final List<Entry> made = new ArrayList<>();
  private final Queue<Entry> ready = new ArrayDeque<>();
  private boolean sorted;

  public MappedSnapshot(Snapshot source, KeyMapper mapper) {
    this(source, mapper, new Found(mapper), () -> {});
  }

  /**
   * A snapshot beside which the stream is taken.
   *
   * @param found what is learned, and all entries where keys are renamed
   * @param between comes before each of these is taken
   */
  public MappedSnapshot(Snapshot source, KeyMapper mapper, Found found, Between between) {
    this.source = source;
    this.mapper = mapper;
    this.found = found;
    this.between = between;
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
    if (mapper.renames()) {
      if (!sorted) {
        sort();
        sorted = true;
      }
      between.entries();
      return found.renamed().take();
    }
    while (ready.isEmpty()) {
      Entry entry = source.next();
      if (entry == null) {
        return null;
      }
      ready.addAll(mapped(entry));
    }
    return ready.poll();
  }

  /** The mapped entries of one entry; the list is reused. */
  private List<Entry> mapped(Entry entry) {
    made.clear();
    mapper.mapEntry(entry, made);
    learnExpiry(entry);
    if (entry instanceof Put) {
      found.put(entry.index());
    }
    if (!made.isEmpty()
        && entry instanceof Put put
        && Anchors.isSteady(put, mapper.sourceModel())) {
      found.newest().add(new NewestPuts.Version(put.key(), put.index(), isLasting(put)));
    }
    return made;
  }

  /** Directories come before what is in them. */
  private boolean isLasting(Put put) {
    return put.expiresAt() == null
        && (found.expiring().isEmpty()
            || made.stream().noneMatch(one -> ExpiringKeys.isIn(found.expiring(), one.key())));
  }

  private void learnExpiry(Entry entry) {
    if (entry.expiresAt() == null) {
      return;
    }
    if (entry instanceof Put) {
      made.forEach(one -> found.expires(one.key()));
    } else {
      mapper.held(entry.key()).forEach(found::expires);
    }
  }

  private void sort() throws IOException, InterruptedException {
    SourceHead began = source.head();
    for (Entry entry = source.next(); entry != null; entry = source.next()) {
      for (Entry one : mapped(entry)) {
        found.renamed().read(one, entry.key());
      }
    }
    found.renamed().settle(source.head().equals(began));
  }

  @Override
  public void close() {
    source.close();
  }
}
