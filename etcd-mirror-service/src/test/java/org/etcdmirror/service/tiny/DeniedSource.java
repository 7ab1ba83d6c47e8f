package org.etcdmirror.service.tiny;

import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;

/** Refuses each request with a permanent failure. */
final class DeniedSource extends TinySource {

  @Override
  public SourceHead head(Selection selection) {
    throw new PermanentException("reading is forbidden");
  }
}
