package org.etcdmirror.api.internal;

import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.tls.Access;

/** Makes a {@link ClusterInspector} for the addresses of one scheme. */
public interface InspectorProvider {

  /** The scheme of the addresses, for example {@code v3}. */
  String scheme();

  /** Makes an inspector; nothing is connected yet. */
  ClusterInspector inspect(MirrorAddress address, Access access);
}
