package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.etcdmirror.api.ClosedException;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions on one connection. After a failure it takes a new one, because it is not known
 * what became of the transaction on the old one.
 */
final class Transactions implements AutoCloseable {

  /** What a transaction does. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection open) throws SQLException, IOException;
  }

  /** How it ends. */
  @FunctionalInterface
  interface End {
    void of(Connection open) throws SQLException;
  }

  private final DataSource database;
  private final Duration idle;
  private @Nullable Connection connection;
  private volatile boolean closed;

  Transactions(DataSource database, Duration idle) {
    this.database = database;
    this.idle = idle;
  }

  /**
   * Runs a transaction.
   *
   * @param what for the message of a failure
   * @param end {@code Connection::commit}, or {@code Connection::rollback} if it only reads
   */
  synchronized <T> T run(String what, End end, Work<T> work) throws IOException {
    boolean ended = false;
    try {
      Connection open = open();
      T result = work.run(open);
      end.of(open);
      ended = true;
      return result;
    } catch (SQLException e) {
      throw SqlFailure.of(what, e);
    } finally {
      if (!ended) {
        disconnect();
      }
    }
  }

  /** The connection, whose transactions end by themselves if this process is gone. */
  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = newConnection();
      connection = open;
      Statements.update(open, "set idle_in_transaction_session_timeout = " + idle.toMillis());
      open.commit();
    }
    return open;
  }

  /** Opens a connection that the caller closes. */
  Connection newConnection() throws SQLException {
    if (closed) {
      throw new ClosedException("table of PostgreSQL");
    }
    Connection open = database.getConnection();
    open.setAutoCommit(false);
    return open;
  }

  private void disconnect() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      Closing.quietly(old);
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      disconnect();
    }
  }
}
