package org.etcdmirror.v2;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.internal.SrvName;

/**
 * Serves addresses of the form {@code v2+srv:DOMAIN}: DNS names the servers of the cluster, by the
 * SRV records that etcd's own clients read. {@code v2+srv:DOMAIN/NAME} reads those with a name
 * appended, and {@code v2+srv://DNS-SERVER:PORT/DOMAIN} asks another DNS server than the system's.
 * Safe for use by many threads.
 */
public final class V2SrvProvider implements SinkProvider, SourceProvider {

  private final V2Provider byEndpoints = new V2Provider();

  /** For {@link java.util.ServiceLoader}. */
  public V2SrvProvider() {}

  @Override
  public String scheme() {
    return "v2+srv";
  }

  @Override
  public EventSource createSource(SourceSettings settings) {
    return byEndpoints.createSource(
        new SourceSettings(
            byName(settings.address()), settings.access(), settings.catchUpWatches()));
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    return byEndpoints.createSink(
        new SinkSettings(byName(settings.address()), settings.access(), settings.checkpointKey()));
  }

  private static MirrorAddress byName(MirrorAddress address) {
    List<String> names = new ArrayList<>();
    for (String name : address.endpoints()) {
      names.add(SrvName.endpoint(name));
    }
    return new MirrorAddress("v2", String.join(",", names));
  }
}
