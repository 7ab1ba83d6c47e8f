/** The SPI and value types of etcd-mirror. */
module org.etcdmirror.api {
  requires static transitive org.jspecify;

  exports org.etcdmirror.api;
  exports org.etcdmirror.api.tls;
}
