package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.PermanentException;

/** Runs transactions, each on a connection that it takes and gives back. */
final class Transactions {

  /** Classes of SQL states: features, data, constraints, users, databases, schemas, names. */
  private static final Set<String> FOR_GOOD = Set.of("0A", "22", "23", "28", "3D", "3F", "42");

  /** What a transaction does. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection open) throws SQLException, IOException;
  }

  private final DataSource database;
  private final Duration idle;
  private volatile boolean closed;

  Transactions(DataSource database, Duration idle) {
    this.database = database;
    this.idle = idle;
  }

  /**
   * Runs a transaction. The server ends it if this process is gone.
   *
   * @param what for the message of a failure
   */
  <T> T run(String what, Work<T> work) throws IOException {
    try (Connection open = connect();
        Statement statement = open.createStatement()) {
      statement.execute("set local idle_in_transaction_session_timeout = " + idle.toMillis());
      T result = work.run(open);
      open.commit();
      return result;
    } catch (SQLException e) {
      throw failure(what, e);
    }
  }

  /** A connection that the caller closes. */
  Connection connect() throws SQLException {
    if (closed) {
      throw new ClosedException("table of PostgreSQL");
    }
    Connection open = database.getConnection();
    open.setAutoCommit(false);
    return open;
  }

  void close() {
    closed = true;
  }

  /**
   * The failure of a call that may succeed later.
   *
   * @throws PermanentException if it never will
   */
  static IOException failure(String what, SQLException e) {
    // The first one of a batch repeats the statement, with its values; the next one is the
    // server's.
    SQLException said = Objects.requireNonNullElse(e.getNextException(), e);
    String state = Objects.requireNonNullElse(said.getSQLState(), "none");
    // The second line of a message may contain values, too.
    String line = String.valueOf(said.getMessage()).lines().findFirst().orElse("");
    String message = "%s failed with SQL state %s: %s".formatted(what, state, line);
    if (state.length() == 5 && FOR_GOOD.contains(state.substring(0, 2))) {
      throw new PermanentException(
          message + "; correct the tables or the rights of the user, and start again", said);
    }
    return new IOException(message, said);
  }
}
