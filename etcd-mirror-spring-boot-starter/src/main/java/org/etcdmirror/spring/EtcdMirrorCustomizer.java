package org.etcdmirror.spring;

import org.etcdmirror.core.EtcdMirrorBuilder;

/**
 * Changes a mirror before it is built, after all properties and beans were applied. A bean with
 * {@link ForLink} is used for its links, one without for all.
 */
@FunctionalInterface
public interface EtcdMirrorCustomizer {

  /**
   * Changes the builder.
   *
   * @param link the name of the link's properties
   * @param builder has everything that the properties and beans say
   */
  void customize(String link, EtcdMirrorBuilder builder);
}
