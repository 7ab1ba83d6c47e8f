package org.etcdmirror.v3.internal.client;

import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.rpc.ResponseHeader;

/** The head of a source, from the header of an answer. */
public final class V3Head {

  private V3Head() {}

  public static SourceHead of(ResponseHeader header) {
    return new SourceHead(Long.toHexString(header.getClusterId()), header.getRevision());
  }
}
