package org.etcdmirror.jdbcsink;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives connections up. */
final class Closing {

  private static final System.Logger LOG = System.getLogger(Closing.class.getName());

  private Closing() {}

  /** Closes a connection that is of no use any more; the server ends its transaction. */
  static void quietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection could not be closed", e);
    }
  }
}
