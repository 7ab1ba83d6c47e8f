/**
 * The engine. Micrometer is needed only with {@code MirrorMetrics} and {@code MirrorObservations}.
 */
// Resilience4j and Micrometer are no modules yet; both state their names in their manifests.
@SuppressWarnings("requires-automatic")
module org.etcdmirror.core {
  requires transitive org.etcdmirror.api;
  requires static transitive org.jspecify;
  // Not transitive: a program without metrics could not be compiled without Micrometer.
  requires static micrometer.commons;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires io.github.resilience4j.core;
  requires org.slf4j;

  exports org.etcdmirror.core;
  exports org.etcdmirror.core.live;
  exports org.etcdmirror.core.micrometer;
  exports org.etcdmirror.core.store;
}
