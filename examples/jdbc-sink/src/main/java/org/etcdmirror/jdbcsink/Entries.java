package org.etcdmirror.jdbcsink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/** Writes events to the table. */
final class Entries {

  private static final String PUT =
      "insert into etcd_entry (key, value) values (?, ?)"
          + " on conflict (key) do update set value = excluded.value";

  /** A key, and for a tree what begins with it and a slash: bytea is in the order of etcd. */
  private static final String DELETE =
      "delete from etcd_entry where key = ? or (key >= ? and key < ?)";

  private static final Bytes SLASH = Bytes.utf8("/");

  private Entries() {}

  /** Writes events in their order: as many puts or deletes at once as follow each other. */
  static void write(Connection open, List<MirrorEvent> events) throws SQLException {
    try (PreparedStatement puts = open.prepareStatement(PUT);
        PreparedStatement deletes = open.prepareStatement(DELETE)) {
      boolean putsLast = true;
      for (MirrorEvent event : events) {
        if (event instanceof MirrorEvent.Refresh) {
          continue; // the table knows no expiry
        }
        boolean isPut = event instanceof MirrorEvent.Put;
        if (isPut != putsLast) {
          (putsLast ? puts : deletes).executeBatch();
          putsLast = isPut;
        }
        PreparedStatement next = isPut ? puts : deletes;
        bind(next, event);
        next.addBatch();
      }
      (putsLast ? puts : deletes).executeBatch();
    }
  }

  private static void bind(PreparedStatement next, MirrorEvent event) throws SQLException {
    Bytes key = event.key();
    next.setBytes(1, key.toByteArray());
    if (event instanceof MirrorEvent.Put put) {
      next.setBytes(2, put.value().toByteArray());
    } else if (event instanceof MirrorEvent.Delete) {
      bindRange(next, key, key);
    } else if (event instanceof MirrorEvent.DeleteTree) {
      Bytes below = key.equals(SLASH) ? key : key.plus(SLASH);
      bindRange(next, below, below.prefixEnd());
    } else {
      throw new PermanentException("a table of plain keys cannot hold " + event);
    }
  }

  private static void bindRange(PreparedStatement next, Bytes from, @Nullable Bytes to)
      throws SQLException {
    next.setBytes(2, from.toByteArray());
    next.setBytes(3, to == null ? null : to.toByteArray());
  }
}
