package org.etcdmirror.service.http;

import java.util.Map;

/** Something that may be asked of a mirror by a POST. */
@FunctionalInterface
public interface Action {

  /**
   * Does it.
   *
   * @param parameters what the address said behind its question mark
   */
  StatusReply act(Map<String, String> parameters);
}
