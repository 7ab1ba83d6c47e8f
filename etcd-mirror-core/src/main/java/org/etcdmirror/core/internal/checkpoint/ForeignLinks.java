package org.etcdmirror.core.internal.checkpoint;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the links in the source that come from a third cluster, although that cluster has the
 * id of the sink's. The indexes and anchors that prove it once may look alike later, by chance: in
 * young clusters the same keys have the same indexes.
 *
 * <p>What was proven stays true. A link from the sink's cluster that takes the place of a known one
 * finds this link's checkpoint in its own source, and is refused.
 */
public final class ForeignLinks {

  private static final Logger log = LoggerFactory.getLogger(ForeignLinks.class);

  /** More of them are proven again at each start. */
  static final int MOST = 32;

  /** Longer keys are proven again at each start. In bytes. */
  static final int LONGEST_KEY = 256;

  /** By the key of the checkpoint: the index that it had. */
  private final Map<Bytes, Long> known = new TreeMap<>();

  /** Begins with the note of a checkpoint. An unreadable note counts as empty. */
  void resume(@Nullable String note) {
    known.clear();
    if (note == null) {
      return;
    }
    try {
      note.lines().limit(MOST).forEach(this::parse);
    } catch (IllegalArgumentException e) {
      known.clear();
      log.warn(
          LogEvent.NOTE_UNREADABLE.marker(),
          "ignoring the unreadable checkpoint note of links from other clusters: {}",
          e.getMessage());
    }
  }

  private void parse(String line) {
    int blank = line.indexOf(' ');
    if (blank < 1) {
      throw new IllegalArgumentException("expected an index, a blank and a key");
    }
    Bytes key = NoteText.parse(line.substring(blank + 1));
    if (key.size() <= LONGEST_KEY) {
      known.put(key, Long.parseLong(line.substring(0, blank)));
    }
  }

  /** The note for the next run; null if no such link is known. */
  @Nullable String note() {
    return known.isEmpty()
        ? null
        : known.entrySet().stream()
            .map(link -> link.getValue() + " " + NoteText.of(link.getKey()))
            .collect(Collectors.joining("\n"));
  }

  /** Remembers a link that is proven to come from a third cluster. */
  public void add(StoredLink link) {
    Bytes key = link.key();
    if (known.containsKey(key) || (known.size() < MOST && key.size() <= LONGEST_KEY)) {
      known.put(key, link.checkpoint().index());
    }
  }

  /** Whether a link was proven to come from a third cluster. One whose index went back was not. */
  public boolean contains(StoredLink link) {
    Long index = known.get(link.key());
    return index != null && link.checkpoint().index() >= index;
  }

  /** Forgets all of them: the source is another cluster, with other links. */
  public void sourceReplaced() {
    known.clear();
  }
}
