package org.etcdmirror.service.recorder;

import java.util.Locale;

/** Why a dump was written. */
public enum DumpCause {
  /** The mirror failed for good. */
  FAILED,
  /** A client asked for it. */
  ASKED;

  /** The word in the dump and in its name. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
