package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.jspecify.annotations.Nullable;

/** The row of a link: its checkpoint, and the fence, which each transaction moves. */
final class LinkRow {

  private static final String READ =
      "select moves, writer, checkpoint from etcd_mirror_link where link = ?";
  private static final String MAKE =
      "insert into etcd_mirror_link (link, moves, writer) values (?, 0, ?) on conflict do nothing";
  private static final String MOVE =
      "update etcd_mirror_link set moves = ?, writer = ?, checkpoint = coalesce(?::text, checkpoint)"
          + " where link = ?";

  /** What the row says. */
  private record Found(long moves, UUID writer, @Nullable String checkpoint) {

    /** A row that is missing or new. */
    static final Found NOTHING = new Found(0, new UUID(0, 0), null);
  }

  private String link = "";
  private final UUID self = UUID.randomUUID();
  private @Nullable Found known;

  void name(String link) {
    if (!this.link.isEmpty()) {
      throw new IllegalStateException("sink serves %s, so not %s".formatted(this.link, link));
    }
    this.link = link;
  }

  Optional<Checkpoint> load(Connection open) throws SQLException {
    Found found = read(open, READ);
    known = found;
    return Optional.ofNullable(found.checkpoint()).map(text -> CheckpointText.parse(link, text));
  }

  /** Returns how often the row was changed, if no other writer has changed it. */
  long confirm(Connection open) throws SQLException, SinkRolledBackException {
    return check(read(open, READ));
  }

  /** Locks, checks and changes the row. Without a new checkpoint it keeps the one that it has. */
  long move(Connection open, @Nullable Checkpoint next) throws SQLException, IOException {
    if (known == null || known.equals(Found.NOTHING)) {
      Statements.update(open, MAKE, link, Found.NOTHING.writer());
    }
    long moves = check(read(open, READ + " for update")) + 1;
    Statements.update(
        open, MOVE, moves, self, next == null ? null : CheckpointText.format(next), link);
    return moves;
  }

  /** The transaction of {@link #move} is known to be committed. */
  void moved(long moves) {
    known = new Found(moves, self, null);
  }

  /** A row that this object wrote is right: the answer to its last commit may have been lost. */
  private long check(Found found) throws SinkRolledBackException {
    Found last = known == null ? found : known;
    if (found.moves() < last.moves()) {
      throw new SinkRolledBackException(
          "row '%s' of etcd_mirror_link was changed %d times and is as after change %d"
              .formatted(link, last.moves(), found.moves()));
    }
    boolean same = found.moves() == last.moves() && found.writer().equals(last.writer());
    if (!same && !found.writer().equals(self)) {
      throw new FencedException(
          "row '%s' of etcd_mirror_link was changed by another mirror: change %d, expected %d; run one mirror for each link"
              .formatted(link, found.moves(), last.moves()));
    }
    known = found;
    return found.moves();
  }

  private Found read(Connection open, String sql) throws SQLException {
    try (PreparedStatement read = open.prepareStatement(sql)) {
      read.setString(1, link);
      try (ResultSet row = read.executeQuery()) {
        return row.next()
            ? new Found(row.getLong(1), row.getObject(2, UUID.class), row.getString(3))
            : Found.NOTHING;
      }
    }
  }
}
