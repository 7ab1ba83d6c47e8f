package org.etcdmirror.core.internal.standby;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;
import org.jspecify.annotations.Nullable;

/**
 * The source of a member of a link. All engines of the member use it, one after the other, so it
 * stays open when one of them closes it. The first stream of an engine that takes over goes on with
 * what was followed before.
 */
public final class WarmSource implements InspectableSource {

  private final InspectableSource source;
  private @Nullable WarmWatch warm;

  public WarmSource(InspectableSource source) {
    this.source = source;
  }

  /** Follows the source while the member stands by. */
  public WarmWatch newWatch(String link, Selection selection) {
    return new WarmWatch(link, source, selection);
  }

  /** The member leads: the next stream takes over what this has followed. */
  public synchronized void leads(WarmWatch watch) {
    warm = watch;
  }

  private synchronized @Nullable WarmWatch taken() {
    WarmWatch watch = warm;
    warm = null;
    return watch;
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    WarmWatch watch = taken();
    if (watch != null && start instanceof Start.After after) {
      EventStream followed = watch.takeOver(after.index());
      if (followed != null) {
        return followed;
      }
    } else if (watch != null) {
      watch.close();
    }
    return source.open(selection, start);
  }

  @Override
  public KeyModel keyModel() {
    return source.keyModel();
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    return source.head(selection);
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return source.snapshot(selection);
  }

  @Override
  public Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    return source.secondSnapshot(selection);
  }

  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return source.history(selection);
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return source.check(anchor);
  }

  @Override
  public Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    return source.check(selection, last);
  }

  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return source.storedLinks();
  }

  /** Does nothing: the next engine needs the source. */
  @Override
  public void close() {}

  /** Closes the source for good. */
  public void end() {
    WarmWatch watch = taken();
    if (watch != null) {
      watch.close();
    }
    source.close();
  }
}
