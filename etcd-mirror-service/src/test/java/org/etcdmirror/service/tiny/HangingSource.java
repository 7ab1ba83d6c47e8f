package org.etcdmirror.service.tiny;

import java.io.IOException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;

/** Never answers: each attempt fails for now. */
final class HangingSource extends TinySource {

  @Override
  public SourceHead head(Selection selection) throws IOException {
    throw new IOException("no answer yet");
  }
}
