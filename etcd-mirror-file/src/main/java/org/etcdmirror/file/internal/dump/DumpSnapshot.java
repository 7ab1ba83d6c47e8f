package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Change.Kind;
import org.etcdmirror.file.internal.merge.MergedState;
import org.etcdmirror.file.internal.merge.Tops;
import org.jspecify.annotations.Nullable;

/**
 * What a dump holds in a selection. Reads the dump once for each prefix, because the prefixes may
 * come in any order.
 */
public final class DumpSnapshot implements Snapshot {

  /** Whether a key is wanted, and whether a later one may be. */
  private interface Part {
    boolean covers(Bytes key);

    boolean isPassed(Bytes key);
  }

  private final SourceHead head;
  private final MergedState state;
  private final Iterator<Part> parts;

  /** What expires until then is left out, by the wall clock in milliseconds. */
  private final long expiredUntil;

  private @Nullable Part part;
  private MergedState.Entries entries = () -> null;
  private Tops<Boolean> expired = new Tops<>();

  private DumpSnapshot(
      SourceHead head,
      KeyModel keyModel,
      MergedState state,
      Selection selection,
      long expiredUntil) {
    this.head = head;
    this.state = state;
    this.parts = parts(keyModel, selection).iterator();
    this.expiredUntil = expiredUntil;
  }

  /**
   * What is there for a reader of the dump: without what has expired by now.
   *
   * @param state the state, which is closed with this
   */
  public static DumpSnapshot unexpired(
      SourceHead head, KeyModel keyModel, MergedState state, Selection selection) {
    return new DumpSnapshot(head, keyModel, state, selection, System.currentTimeMillis());
  }

  /**
   * What is recorded, for the mirror that writes the dump. A file removes nothing by itself: what
   * has expired stays recorded until the mirror deletes it, and a directory that is put again would
   * bring back what was in it.
   *
   * @param state the state, which is closed with this
   */
  public static DumpSnapshot recorded(
      SourceHead head, KeyModel keyModel, MergedState state, Selection selection) {
    return new DumpSnapshot(head, keyModel, state, selection, Long.MIN_VALUE);
  }

  private static List<Part> parts(KeyModel keyModel, Selection selection) {
    if (selection.exact()) {
      Set<Bytes> keys = new HashSet<>(selection.prefixes());
      return List.of(new Keys(keys));
    }
    return selection.prefixes().stream().<Part>map(prefix -> new Below(keyModel, prefix)).toList();
  }

  private record Keys(Set<Bytes> keys) implements Part {

    @Override
    public boolean covers(Bytes key) {
      return keys.contains(key);
    }

    @Override
    public boolean isPassed(Bytes key) {
      return false;
    }
  }

  private record Below(KeyModel keyModel, Bytes prefix) implements Part {

    @Override
    public boolean covers(Bytes key) {
      return keyModel.covers(prefix, key);
    }

    @Override
    public boolean isPassed(Bytes key) {
      return key.compareTo(prefix) > 0 && !key.startsWith(prefix);
    }
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public @Nullable Entry next() throws IOException {
    while (part != null || parts.hasNext()) {
      Part current = part;
      if (current == null) {
        current = parts.next();
        part = current;
        entries = state.entries();
        expired = new Tops<>();
      }
      Change next = entries.next();
      if (next == null || current.isPassed(next.key())) {
        part = null;
      } else if (!isExpired(next) && current.covers(next.key()) && !OwnKeys.contains(next.key())) {
        return next.entry();
      }
    }
    return null;
  }

  /** A directory takes with it what is below it. */
  private boolean isExpired(Change entry) {
    boolean isGone = entry.expiresAt() <= expiredUntil;
    if (isGone && entry.kind() != Kind.PUT) {
      expired.add(entry.key(), true);
    }
    return isGone || expired.above(entry.key()).iterator().hasNext();
  }

  @Override
  public void close() {
    try {
      state.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the files of a dump", e);
    }
  }
}
