package org.etcdmirror.soak;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.soak.SourceHistory.Change;
import org.jspecify.annotations.Nullable;

/**
 * Which writers the checkpoint of a v3 sink named, one after the other. Each life of a mirror has a
 * name of its own, so a writer that another one followed must never write again. Safe for use by
 * many threads.
 */
final class Turns implements Revisions {

  private static final String NAME = "writer=";
  private static final int MOST_LOSSES = 5;

  private final String checkpoint;
  private final Tally tally;
  private final Set<String> former = new HashSet<>();
  private final List<String> lines = new ArrayList<>();
  private @Nullable String writer;
  private long newest;
  private int losses;

  /**
   * Turns of which none was seen.
   *
   * @param checkpoint its key
   */
  Turns(String checkpoint, Tally tally) {
    this.checkpoint = checkpoint;
    this.tally = tally;
  }

  @Override
  public synchronized long newest() {
    return newest;
  }

  @Override
  public synchronized void add(long revision, List<Change> changes) {
    newest = revision;
    for (Change change : changes) {
      String text = change.value();
      if (change.key().equals(checkpoint) && text != null) {
        text.lines().filter(line -> line.startsWith(NAME)).forEach(line -> wrote(revision, line));
      }
    }
  }

  private void wrote(long revision, String name) {
    if (name.equals(writer)) {
      return;
    }
    if (former.contains(name) && losses < MOST_LOSSES) {
      losses++;
      tally.loss(
          "at revision %d of the sink, %s wrote, whom %s had followed"
              .formatted(revision, name, writer));
    }
    if (writer != null) {
      former.add(writer);
    }
    writer = name;
    lines.add(revision + " " + name);
    tally.count("turns of writers", "seen");
  }

  @Override
  public synchronized void compacted(long oldest) {
    newest = Math.max(newest, oldest - 1);
  }

  /** The sink is about to be put back, and a former writer may be the last one again. */
  synchronized void beginAnew() {
    former.clear();
    writer = null;
    newest = 0;
    lines.add("the sink was put back");
  }

  /** A turn a line. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
