package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** Reads the table as it was at one moment, some rows at a time, on a connection of its own. */
final class TableSnapshot implements Snapshot {

  private static final System.Logger LOG = System.getLogger(TableSnapshot.class.getName());
  private static final int ROWS = 500;
  private static final String RANGE =
      "select key, value from etcd_entry where key >= ? and (? is null or key < ?) order by key";
  private static final String ONE = "select key, value from etcd_entry where key = ?";

  private final Connection connection;
  private final Queue<Bytes> prefixes;
  private final PreparedStatement query;
  private final boolean exact;
  private @Nullable ResultSet rows;

  private TableSnapshot(Connection connection, Selection selection) throws SQLException {
    this.connection = connection;
    this.prefixes = new ArrayDeque<>(selection.prefixes());
    this.exact = selection.exact();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    query = connection.prepareStatement(exact ? ONE : RANGE);
    query.setFetchSize(ROWS);
  }

  /** Closes the connection when it is closed, or cannot be opened. */
  static TableSnapshot open(Connection connection, Selection selection) throws SQLException {
    try {
      return new TableSnapshot(connection, selection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public SourceHead head() {
    return new SourceHead("etcd_entry", 0);
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException {
    try {
      while (rows == null || !rows.next()) {
        Bytes prefix = prefixes.poll();
        if (prefix == null) {
          return null;
        }
        rows = rows(prefix);
      }
      return new MirrorEvent.Put(Bytes.of(rows.getBytes(1)), Bytes.of(rows.getBytes(2)), 0, null);
    } catch (SQLException e) {
      throw Transactions.failure("reading the table", e);
    }
  }

  private ResultSet rows(Bytes prefix) throws SQLException {
    query.setBytes(1, prefix.toByteArray());
    if (!exact) {
      Bytes end = prefix.prefixEnd();
      byte[] bytes = end == null ? null : end.toByteArray();
      query.setBytes(2, bytes);
      query.setBytes(3, bytes);
    }
    return query.executeQuery();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection could not be closed", e);
    }
  }
}
