package org.etcdmirror.service.doctor;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.internal.ClusterInspector;
import org.etcdmirror.api.internal.InspectorProvider;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.Providers;

/**
 * The etcd cluster on one side of a link.
 *
 * @param name {@code source} or {@code sink}
 * @param given the address as it was written
 * @param access the user and the certificates
 * @param providers the makers of sources
 * @param prefixes the link's prefixes on this side
 * @param inspector answers what only the cluster's API can answer
 */
record Side(
    String name,
    Given given,
    Access access,
    Providers providers,
    List<Bytes> prefixes,
    ClusterInspector inspector)
    implements AutoCloseable {

  static Side of(
      String name,
      Given given,
      Access access,
      Providers providers,
      List<Bytes> prefixes,
      InspectorProvider inspectors) {
    ClusterInspector inspector = inspectors.inspect(Providers.address(given), access);
    return new Side(name, given, access, providers, prefixes, inspector);
  }

  List<String> endpoints() {
    return Providers.address(given).endpoints().stream().map(String::strip).distinct().toList();
  }

  boolean isV2() {
    return Providers.address(given).scheme().equals("v2");
  }

  boolean isSink() {
    return name.equals("sink");
  }

  Selection selection() {
    return new Selection(prefixes, false);
  }

  /** Reads the cluster as a source does, also that of the sink. */
  InspectableSource reader() {
    return reader(Providers.address(given));
  }

  /** The same through one endpoint. */
  InspectableSource reader(String endpoint) {
    return reader(new MirrorAddress(Providers.address(given).scheme(), endpoint));
  }

  private InspectableSource reader(MirrorAddress address) {
    EventSource source =
        providers.source(given).createSource(new SourceSettings(address, access, null));
    return InspectableSource.of(source);
  }

  @Override
  public void close() {
    inspector.close();
  }
}
