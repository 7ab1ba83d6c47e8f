/** Source, sink and index store for etcd v2. */
// Okio is no module yet; it states its name in its manifest. The name of ours ends in a digit.
@SuppressWarnings({"module", "requires-automatic"})
module org.etcdmirror.v2 {
  requires transitive org.etcdmirror.api;
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires jdk.net;
  requires okhttp3;
  requires okio;

  exports org.etcdmirror.v2;

  provides org.etcdmirror.api.internal.InspectorProvider with
      org.etcdmirror.v2.internal.inspect.V2InspectorProvider;
  provides org.etcdmirror.api.SinkProvider with
      org.etcdmirror.v2.V2Provider;
  provides org.etcdmirror.api.SourceProvider with
      org.etcdmirror.v2.V2Provider;
}
