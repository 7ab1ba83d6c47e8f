package org.etcdmirror.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the sides of the links are, in place of their addresses in properties, for example servers
 * that a test has started.
 */
public interface EtcdMirrorConnectionDetails extends ConnectionDetails {

  /**
   * Returns the address of a link's source, such as {@code v3:http://a:2379}; null for that of the
   * properties.
   */
  default @Nullable String source(String link) {
    return null;
  }

  /** Returns the address of a link's sink; null for that of the properties. */
  default @Nullable String sink(String link) {
    return null;
  }
}
