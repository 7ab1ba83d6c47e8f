package org.etcdmirror.jdbcsink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.CheckpointText;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.jspecify.annotations.Nullable;

/** The row of a link: its checkpoint, and the fence, which each transaction moves. */
record LinkRow(String link, UUID self) {

  private static final String READ =
      "select moves, writer, checkpoint from etcd_mirror_link where link = ?";

  /** Two mirrors may make the row at once: then it is not as it was found. */
  private static final String MOVE =
      "insert into etcd_mirror_link as found (link, moves, writer, checkpoint) values (?, ?, ?, ?)"
          + " on conflict (link) do update set moves = excluded.moves, writer = excluded.writer,"
          + " checkpoint = coalesce(excluded.checkpoint, found.checkpoint)"
          + " where found.moves = excluded.moves - 1";

  /**
   * What the row says.
   *
   * @param moves how often it was changed; 0 if there is none
   * @param writer who changed it last
   */
  record Content(long moves, UUID writer, @Nullable String checkpoint) {

    Optional<Checkpoint> parsed(String link) {
      return Optional.ofNullable(checkpoint)
          .map(text -> CheckpointText.parse(text, "row '%s' of etcd_mirror_link".formatted(link)));
    }
  }

  Content read(Connection open) throws SQLException {
    return read(open, READ);
  }

  /** Waits for a transaction that has changed the row and has not ended, and locks the row. */
  private Content lock(Connection open) throws SQLException {
    return read(open, READ + " for update");
  }

  private Content read(Connection open, String sql) throws SQLException {
    try (PreparedStatement read = open.prepareStatement(sql)) {
      read.setString(1, link);
      try (ResultSet row = read.executeQuery()) {
        return row.next()
            ? new Content(row.getLong(1), row.getObject(2, UUID.class), row.getString(3))
            : new Content(0, new UUID(0, 0), null);
      }
    }
  }

  /**
   * Returns a row that another mirror has not changed since {@code last}. One that this mirror
   * wrote is right: the answer to its last commit may have been lost.
   */
  Content checked(Content found, @Nullable Content last) throws SinkRolledBackException {
    long expected = last == null ? found.moves() : last.moves();
    if (found.moves() < expected) {
      throw new SinkRolledBackException(
          "row '%s' of etcd_mirror_link was changed %d times and is as after change %d"
              .formatted(link, expected, found.moves()));
    }
    boolean same =
        last == null || (found.moves() == expected && found.writer().equals(last.writer()));
    if (!same && !found.writer().equals(self)) {
      throw new FencedException(
          "row '%s' of etcd_mirror_link was changed by another mirror: change %d, expected %d; run one mirror for each link"
              .formatted(link, found.moves(), expected));
    }
    return found;
  }

  /** Locks, checks and changes the row. */
  Content move(Connection open, @Nullable Content last, @Nullable Checkpoint next)
      throws SQLException, SinkRolledBackException {
    Content found = checked(lock(open), last);
    if (!isMoved(open, found, next)) {
      // There was none to lock, and another transaction has made it.
      found = checked(lock(open), last);
      boolean unused = isMoved(open, found, next);
    }
    return new Content(found.moves() + 1, self, null);
  }

  private boolean isMoved(Connection open, Content found, @Nullable Checkpoint next)
      throws SQLException {
    try (PreparedStatement move = open.prepareStatement(MOVE)) {
      move.setString(1, link);
      move.setLong(2, found.moves() + 1);
      move.setObject(3, self);
      move.setString(4, next == null ? null : CheckpointText.format(next));
      return move.executeUpdate() == 1;
    }
  }
}
