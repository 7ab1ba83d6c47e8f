package org.etcdmirror.jdbcsink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;

/** Writes events to the table. */
final class Entries {

  private static final String PUT =
      "insert into etcd_entry (key, value) values (?, ?)"
          + " on conflict (key) do update set value = excluded.value";
  private static final String DELETE = "delete from etcd_entry where key = ?";
  private static final String DELETE_TREE =
      DELETE + " or (key >= ? and key < ?)"; // unsigned bytes, as in etcd

  private static final Bytes SLASH = Bytes.utf8("/");

  private Entries() {}

  /** Writes in order, as far as it matters. */
  static void write(Connection open, List<MirrorEvent> events) throws SQLException {
    try (PreparedStatement puts = open.prepareStatement(PUT);
        PreparedStatement deletes = open.prepareStatement(DELETE);
        PreparedStatement trees = open.prepareStatement(DELETE_TREE)) {
      for (MirrorEvent event : events) {
        byte[] key = event.key().toByteArray();
        if (event instanceof MirrorEvent.Put put) {
          puts.setBytes(1, key);
          puts.setBytes(2, put.value().toByteArray());
          puts.addBatch();
        } else if (event instanceof MirrorEvent.Delete) {
          deletes.setBytes(1, key);
          deletes.addBatch();
        } else if (event instanceof MirrorEvent.DeleteTree) {
          // A key comes twice only before and after the delete of a tree that it is in.
          puts.executeBatch();
          deletes.executeBatch();
          deleteTree(trees, event.key());
        } else if (!(event instanceof MirrorEvent.Refresh)) {
          throw new PermanentException("a table of plain keys cannot hold " + event);
        }
      }
      puts.executeBatch();
      deletes.executeBatch();
    }
  }

  /** Deletes the key, and what begins with it and a slash; the root is a slash itself. */
  private static void deleteTree(PreparedStatement trees, Bytes top) throws SQLException {
    Bytes below = top.equals(SLASH) ? top : top.plus(SLASH);
    trees.setBytes(1, top.toByteArray());
    trees.setBytes(2, below.toByteArray());
    trees.setBytes(3, KeyRange.endOf(below));
    trees.executeUpdate();
  }
}
