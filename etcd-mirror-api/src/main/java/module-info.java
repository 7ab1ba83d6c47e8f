/** The SPI and value types of etcd-mirror. */
// The modules below are compiled after this one. The name of one ends in a digit.
@SuppressWarnings("module")
module org.etcdmirror.api {
  requires java.naming;
  requires static transitive org.jspecify;

  exports org.etcdmirror.api;
  exports org.etcdmirror.api.tls;
  exports org.etcdmirror.api.internal to
      org.etcdmirror.core,
      org.etcdmirror.service,
      org.etcdmirror.v2,
      org.etcdmirror.v3;
}
