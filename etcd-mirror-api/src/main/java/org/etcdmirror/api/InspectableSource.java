package org.etcdmirror.api;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.internal.UninspectableSource;

/**
 * A source that answers questions about its cluster. Each answer makes a mirror safer or quicker,
 * and none is needed: a source implements what its cluster can tell. Methods may be called by
 * several threads at a time, and fail as those of {@link EventSource} do.
 */
public interface InspectableSource extends EventSource {

  /**
   * Another snapshot, to be compared with a doubtful one: read from another member of the cluster
   * where there is one, and again with the agreement of the cluster. By default the same as {@link
   * #snapshot}.
   */
  default Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    return snapshot(selection);
  }

  /**
   * How far back events can be read. Asked every few seconds, so it must be cheap. By default the
   * oldest index is not known.
   */
  default SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return new SourceHistory(0, head(selection).index());
  }

  /**
   * Whether this source is the one that an anchor was taken from. Never {@link Anchor.Check#BROKEN}
   * while it may be. {@link Anchor.Check#UNKNOWN} by default.
   */
  default Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return Anchor.Check.UNKNOWN;
  }

  /**
   * Whether this source is the one whose selection changed last at these indexes. Never {@link
   * Anchor.Check#BROKEN} while it may be. Asked at each connection if there was a time without a
   * change, and may read all keys of the selection. {@link Anchor.Check#UNKNOWN} by default.
   */
  default Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    return Anchor.Check.UNKNOWN;
  }

  /**
   * The checkpoints of mirrors that write to this cluster. Those that the user may not read are
   * left out. None by default.
   */
  default List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return List.of();
  }

  /** The source itself, or one before it that answers by the defaults. */
  static InspectableSource of(EventSource source) {
    return source instanceof InspectableSource inspectable
        ? inspectable
        : new UninspectableSource(source);
  }
}
