package org.etcdmirror.jdbcsink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Runs single statements. */
final class Statements {

  private Statements() {}

  static void update(Connection open, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement update = open.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        update.setObject(i + 1, values[i]);
      }
      update.executeUpdate();
    }
  }
}
