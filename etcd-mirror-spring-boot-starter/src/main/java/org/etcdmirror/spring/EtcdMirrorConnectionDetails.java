package org.etcdmirror.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the sides of the links are, in place of their addresses in properties, for example servers
 * that a test has started. Of several beans the first one in order that names an address counts.
 */
public interface EtcdMirrorConnectionDetails extends ConnectionDetails {

  /**
   * Returns the details of one link.
   *
   * @param link the name of the link
   * @param source the address of its source; null for that of the properties
   * @param sink the address of its sink; null for that of the properties
   */
  static EtcdMirrorConnectionDetails of(
      String link, @Nullable String source, @Nullable String sink) {
    return new EtcdMirrorConnectionDetails() {
      @Override
      public @Nullable String source(String of) {
        return of.equals(link) ? source : null;
      }

      @Override
      public @Nullable String sink(String of) {
        return of.equals(link) ? sink : null;
      }
    };
  }

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
