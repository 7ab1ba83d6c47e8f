package org.etcdmirror.site;

import org.jspecify.annotations.Nullable;

/** A link leads nowhere; the message says why. */
public final class BrokenLinkException extends Exception {

  private static final long serialVersionUID = 1L;

  BrokenLinkException(@Nullable String why) {
    super(why);
  }
}
