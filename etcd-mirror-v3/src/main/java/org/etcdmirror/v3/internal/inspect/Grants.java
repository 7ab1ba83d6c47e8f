package org.etcdmirror.v3.internal.inspect;

import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.v3.internal.keys.KeyRange;

/** What a user may do in a cluster. */
interface Grants {

  /** Everything: authentication is off, or the user is root. */
  Grants EVERYTHING =
      new Grants() {
        @Override
        public boolean allow(KeyRange range, Right right) {
          return true;
        }

        @Override
        public MissingRight missing(KeyRange range, Right right) {
          throw new IllegalStateException("nothing is missing");
        }
      };

  /** Whether the user has the right on each key of the range. */
  boolean allow(KeyRange range, Right right);

  /** Describes a right that is not allowed, with the command that grants it. */
  MissingRight missing(KeyRange range, Right right);
}
