/** A sink and a source that keep a keyspace and its history in a directory. */
module org.etcdmirror.file {
  requires transitive org.etcdmirror.api;
  requires static transitive org.jspecify;

  exports org.etcdmirror.file;

  provides org.etcdmirror.api.SinkProvider with
      org.etcdmirror.file.FileProvider;
  provides org.etcdmirror.api.SourceProvider with
      org.etcdmirror.file.FileProvider;
}
