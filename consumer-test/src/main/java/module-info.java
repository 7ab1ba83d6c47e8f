/** A program that uses the library as a module. */
@SuppressWarnings({"module", "requires-automatic"})
module org.etcdmirror.consumer {
  requires org.etcdmirror.core;
  requires org.etcdmirror.v2;
  requires org.etcdmirror.v3;

  uses org.etcdmirror.api.SourceProvider;
}
