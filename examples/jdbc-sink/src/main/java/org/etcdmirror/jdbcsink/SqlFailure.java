package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/** Decides by the class of an SQL state whether a failure may pass. */
final class SqlFailure {

  /** Features, data, constraints, users, databases, schemas, rights and names. */
  private static final Set<String> FOR_GOOD = Set.of("0A", "22", "23", "28", "3D", "3F", "42");

  private SqlFailure() {}

  /**
   * Returns the failure of a call that may succeed later.
   *
   * @throws PermanentException if it never will
   */
  static IOException of(String what, SQLException e) {
    // The first one of a batch repeats the statement; the next one is what the server said.
    SQLException said = e.getNextException() == null ? e : e.getNextException();
    String state = said.getSQLState();
    String message =
        "%s failed with SQL state %s: %s".formatted(what, state, firstLine(said.getMessage()));
    if (state != null && state.length() == 5 && FOR_GOOD.contains(state.substring(0, 2))) {
      throw new PermanentException(
          message + "; correct the tables or the rights of the user, and start again", said);
    }
    return new IOException(message, said);
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "no message" : message.lines().findFirst().orElse("no message");
  }
}
