package org.etcdmirror.v3.internal.inspect;

import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.internal.ClusterInspector;
import org.etcdmirror.api.internal.InspectorProvider;
import org.etcdmirror.api.tls.Access;

/** Inspects the clusters of addresses that begin with {@code v3:}. */
public final class V3InspectorProvider implements InspectorProvider {

  /** For {@link java.util.ServiceLoader}. */
  public V3InspectorProvider() {}

  @Override
  public String scheme() {
    return "v3";
  }

  @Override
  public ClusterInspector inspect(MirrorAddress address, Access access) {
    return new V3Inspector(address.endpoints(), access);
  }
}
