package org.etcdmirror.junit;

import org.etcdmirror.core.EtcdMirrorBuilder;

/**
 * Sets options of the mirrors of a {@link MirroredPair}, such as those that the real link has. It
 * has a constructor without arguments.
 */
@FunctionalInterface
public interface MirrorCustomizer {

  /** Sets nothing. */
  final class None implements MirrorCustomizer {

    /** For {@link MirroredEtcd#customizer}. */
    public None() {}

    @Override
    public void customize(EtcdMirrorBuilder builder) {}
  }

  /**
   * Sets options of a mirror. Called for each mirror of the pair, so also after each cut-over.
   *
   * @param builder has link, source, sink and scope; they must stay as they are
   */
  void customize(EtcdMirrorBuilder builder);
}
