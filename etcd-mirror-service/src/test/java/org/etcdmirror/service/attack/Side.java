package org.etcdmirror.service.attack;

import java.util.Locale;

/** Which side of the link is attacked. */
enum Side {
  SOURCE,
  SINK;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
