package org.etcdmirror.file.internal.merge;

import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Change.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What is at one key, as its changes happen one after the other. Whether a deleted directory is
 * empty, this key alone does not tell.
 */
final class KeyState {

  private final KeyModel keyModel;
  private @Nullable Change entry;

  KeyState(KeyModel keyModel) {
    this.keyModel = keyModel;
  }

  /** The entry at the key; null if there is none. */
  @Nullable Change entry() {
    return entry;
  }

  /**
   * This happens.
   *
   * @return whether all that is below the key is gone
   */
  boolean apply(Change change) {
    switch (change.kind()) {
      case PUT -> {
        entry = change;
        return keyModel == KeyModel.PATHS;
      }
      case DIRECTORY, DELETED_DIRECTORY -> entry = change;
      case IMPLIED_DIRECTORY -> {
        if (!isDirectory(entry)) {
          entry = change;
        }
      }
      case DELETE -> entry = afterDelete(entry);
      case DELETE_TREE -> {
        entry = null;
        return true;
      }
      case REFRESH -> {
        if (entry != null) {
          entry = entry.withExpiry(change.expiresAt(), change.lease());
        }
      }
    }
    return false;
  }

  /** Whether there is a directory that was not deleted. */
  private static boolean isDirectory(@Nullable Change found) {
    return found != null && found.kind() != Kind.PUT && found.kind() != Kind.DELETED_DIRECTORY;
  }

  private static @Nullable Change afterDelete(@Nullable Change found) {
    return found == null || found.kind() == Kind.PUT ? null : found.deletedDirectory();
  }
}
