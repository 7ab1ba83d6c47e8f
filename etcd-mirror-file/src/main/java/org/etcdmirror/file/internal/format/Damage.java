package org.etcdmirror.file.internal.format;

import org.etcdmirror.api.PermanentException;

/** A file does not hold what was written to it. */
public final class Damage extends PermanentException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param file the whole path
   * @param offset where the damage begins
   * @param what is found there
   */
  public Damage(String file, long offset, String what) {
    super(
        "file of a dump is damaged: '%s' at offset %d: %s; restore the file from a copy, read the dump at an index before it, or begin another dump"
            .formatted(file, offset, what));
  }

  private Damage(String message, Damage cause) {
    super(message, cause);
  }

  /** The same with what can still be read. */
  public Damage withRest(String rest) {
    return new Damage(getMessage() + "; " + rest, this);
  }
}
