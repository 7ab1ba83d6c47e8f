package org.etcdmirror.kafka.connect.source.gap;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.connect.config.ConnectLogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows since when the topic of a link may lack deletes. Safe for use by many threads. */
public final class MissingDeletes {

  /** What a person can do about them. */
  public static final String CURE =
      "set deletes.after.gap=read and reader.bootstrap.servers, so that the topic is read back; or deletes.after.gap=mark, if keys that are gone may stay in the topic";

  private static final Logger log = LoggerFactory.getLogger(MissingDeletes.class);

  private final String link;
  private final GapDeletes choice;
  private volatile long since;

  /** None are missing so far. */
  public MissingDeletes(String link, GapDeletes choice) {
    this.link = requireNonNull(link, "link");
    this.choice = requireNonNull(choice, "choice");
  }

  /** Whether the topic is read back, so that none are ever missing. */
  public boolean areRead() {
    return choice == GapDeletes.READ;
  }

  /** Whether the task fails rather than go on without them. */
  public boolean areRefused() {
    return choice == GapDeletes.REFUSE;
  }

  /** What the stored offset says. */
  public void loaded(long stored) {
    since = stored;
  }

  /** The index since which some may be missing; 0 if none are. */
  public long since() {
    return since;
  }

  /**
   * Some are missing from here on, unless the topic is read back.
   *
   * @param index the last index at which the topic was whole; the first one is kept
   * @throws PermanentException if they are refused
   */
  public void from(long index, String why) {
    if (choice == GapDeletes.READ) {
      return;
    }
    if (choice == GapDeletes.REFUSE) {
      throw new PermanentException(
          "link '%s': deletes after index %d may be missing in the topic, because %s: %s"
              .formatted(link, index, why, CURE));
    }
    if (since == 0) {
      since = Math.max(1, index);
      log.warn(
          ConnectLogEvent.DELETES_MAY_BE_MISSING.marker(),
          "[link={}] deletes after index {} may be missing in the topic, because {}",
          link,
          index,
          why);
    }
  }
}
