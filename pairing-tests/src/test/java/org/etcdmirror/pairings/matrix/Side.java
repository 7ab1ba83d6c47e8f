package org.etcdmirror.pairings.matrix;

import java.util.Locale;

/** The side that has the fault. */
enum Side {
  SOURCE,
  SINK;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
