package org.etcdmirror.file.internal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;

/**
 * The directory of a dump. What is durable is said call by call, so that a test can lose the rest.
 */
public interface Disk {

  /** The names of the files; none if there is no directory. */
  Set<String> names() throws IOException;

  /** Opens a file for reading. */
  DiskFile open(String name) throws IOException;

  /** Opens a file for reading and writing. */
  DiskFile openToWrite(String name) throws IOException;

  /** Makes a new empty file, in place of an older one. Its name is durable after {@link #sync}. */
  DiskFile create(String name) throws IOException;

  /** Gives a file another name, at once. The name is durable after {@link #sync}. */
  void rename(String from, String to) throws IOException;

  /** Removes a file. */
  void delete(String name) throws IOException;

  /** Makes all names durable. */
  void sync() throws IOException;

  /** A file for intermediate results, which is gone when it is closed. */
  DiskFile scratch() throws IOException;

  /**
   * Makes the directory if there is none, and locks it against other writers.
   *
   * @throws IOException if another writer holds the lock
   */
  Closeable lock() throws IOException;

  /** The whole path of a file, for messages. */
  String path(String name);

  /** The whole path of the directory, for messages. */
  String path();
}
