package org.etcdmirror.v2.internal.inspect;

import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.internal.ClusterInspector;
import org.etcdmirror.api.internal.InspectorProvider;
import org.etcdmirror.api.tls.Access;

/** Inspects the clusters of addresses that begin with {@code v2:}. */
public final class V2InspectorProvider implements InspectorProvider {

  /** For {@link java.util.ServiceLoader}. */
  public V2InspectorProvider() {}

  @Override
  public String scheme() {
    return "v2";
  }

  @Override
  public ClusterInspector inspect(MirrorAddress address, Access access) {
    return new V2Inspector(address.endpoints(), access);
  }
}
