package org.etcdmirror.service.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;

/**
 * How the links of a process have to change for a new list. Nothing is stopped or started yet.
 *
 * @param kept the links that go on as they are
 * @param gone the links to stop: removed, changed or failed
 * @param made the links to start: new ones, and those in place of changed or failed ones
 */
record LinkChanges(List<RunningLink> kept, List<RunningLink> gone, List<RunningLink> made) {

  /**
   * Compares the links that run with a new list, and makes those that are missing.
   *
   * @throws UsageException if a link cannot be made; then none is left open
   */
  static LinkChanges between(List<RunningLink> running, LinkList next, MirrorListener listener) {
    List<RunningLink> kept = new ArrayList<>();
    List<Settings> missing = new ArrayList<>();
    for (Settings settings : next.all()) {
      running.stream()
          .filter(link -> goesOn(link, settings))
          .findFirst()
          .ifPresentOrElse(kept::add, () -> missing.add(settings));
    }
    List<RunningLink> gone = new ArrayList<>(running);
    gone.removeAll(kept);
    return new LinkChanges(kept, gone, make(missing, listener));
  }

  /** A person who reloads has removed the cause of a failure. */
  private static boolean goesOn(RunningLink link, Settings next) {
    return link.settings().values().isSameLink(next.values()) && !link.hasFailed();
  }

  static List<RunningLink> make(Collection<Settings> all, MirrorListener listener) {
    List<RunningLink> made = new ArrayList<>();
    try {
      for (Settings settings : all) {
        made.add(RunningLink.create(settings, listener));
      }
      return made;
    } catch (RuntimeException e) {
      made.forEach(link -> link.mirror().close());
      throw e;
    }
  }

  @Override
  public String toString() {
    return "stopped: %s; started: %s; untouched: %s"
        .formatted(names(gone), names(made), names(kept));
  }

  private static String names(List<RunningLink> links) {
    return links.isEmpty()
        ? "none"
        : String.join(", ", links.stream().map(RunningLink::name).toList());
  }
}
