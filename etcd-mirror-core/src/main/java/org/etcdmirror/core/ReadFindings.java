package org.etcdmirror.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;

/**
 * What a reading of the source learns for {@link Anchors} and {@link ExpiringKeys}: the newest
 * puts, the newest of those that do not go by themselves, and which keys have a time to live. It
 * holds for what stands at the end, also where events come between what is read.
 */
final class ReadFindings {

  private final KeyMapper mapper;
  private final NewestPuts newest = new NewestPuts();
  private final Set<Integer> expiring = new HashSet<>();

  ReadFindings(KeyMapper mapper) {
    this.mapper = mapper;
  }

  /** The source holds this, under its own key, and the sink is to hold what is made of it. */
  void read(Entry entry, List<Entry> made) {
    if (entry.expiresAt() != null) {
      if (entry instanceof Put) {
        made.forEach(one -> expires(one.key()));
      } else {
        mapper.held(entry.key()).forEach(this::expires);
      }
    }
    if (!made.isEmpty() && entry instanceof Put put && Anchors.isSteady(put)) {
      newest.add(new NewestPuts.Version(put.key(), put.index(), isLasting(put, made)));
    }
  }

  private void expires(Bytes key) {
    if (expiring.size() < ExpiringKeys.MOST) {
      expiring.add(ExpiringKeys.hash(key));
    }
  }

  /** Directories come before what is in them. */
  private boolean isLasting(Put put, List<Entry> made) {
    return put.expiresAt() == null
        && (expiring.isEmpty()
            || made.stream().noneMatch(one -> ExpiringKeys.isIn(expiring, one.key())));
  }

  /** The stream says that this stands. */
  void add(Anchors.Standing put) {
    newest.add(new NewestPuts.Version(put.key(), put.version(), put.lasting()));
  }

  /** This happened to the source, by its name in the sink; in the order of the stream. */
  void happened(MirrorEvent event) {
    newest.removeIf(put -> event.index() > put.index() && standing(put).isChangedBy(event));
    if (event instanceof Delete || (event instanceof Put put && put.expiresAt() == null)) {
      expiring.remove(ExpiringKeys.hash(event.key()));
    } else if (event instanceof Put) {
      expires(event.key());
    }
  }

  private Anchors.Standing standing(NewestPuts.Version put) {
    return new Anchors.Standing(put.key(), put.index(), mapper.held(put.key()), put.lasting());
  }

  /** What stands now, the newest of each key. */
  List<Anchors.Standing> standing() {
    return newest.get().stream().map(this::standing).filter(put -> put.version() > 0).toList();
  }

  /** The hashes of what has a time to live, as {@link ExpiringKeys} knows them. */
  Set<Integer> expiring() {
    return expiring;
  }
}
