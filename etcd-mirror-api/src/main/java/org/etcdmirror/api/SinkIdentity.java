package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * What ties an index that is kept apart from the sink's data to that data.
 *
 * @param id made at random at the first copy: letters and digits
 * @param index a source index through which the data held everything when this was written
 */
public record SinkIdentity(String id, long index) {

  /** Refuses what is no id, and negative indexes. */
  public SinkIdentity {
    requireNonNull(id, "id");
    if (!id.matches("[A-Za-z0-9]+")) {
      throw new IllegalArgumentException("id must consist of letters and digits: '" + id + "'");
    }
    if (index < 0) {
      throw new IllegalArgumentException("index must not be negative: " + index);
    }
  }
}
