package org.etcdmirror.spring;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The mirrors of an application. A property that does not exist is refused, because a mistyped
 * limit would be no limit.
 *
 * @param enabled Whether the application runs mirrors at all.
 * @param phase Lifecycle phase in which the mirrors start and stop. By default they start before a
 *     web server and stop after it.
 * @param stopTimeout How long each mirror may finish its current batch when the application ends.
 * @param links The mirrors, by the names of their links.
 */
@ConfigurationProperties(prefix = EtcdMirrorProperties.PREFIX, ignoreUnknownFields = false)
public record EtcdMirrorProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("2147479551") int phase,
    @DefaultValue("10s") Duration stopTimeout,
    @DefaultValue Map<String, LinkProperties> links) {

  static final String PREFIX = "etcd-mirror";

  /** Copies the links. */
  public EtcdMirrorProperties {
    links = Map.copyOf(links);
  }

  /** Returns the full name of a property of a link. */
  static String nameOf(String link, String property) {
    return PREFIX + ".links." + link + "." + property;
  }
}
