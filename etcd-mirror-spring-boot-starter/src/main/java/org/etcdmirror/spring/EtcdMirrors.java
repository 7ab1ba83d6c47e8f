package org.etcdmirror.spring;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.core.EtcdMirror;
import org.jspecify.annotations.Nullable;

/** The mirrors of the application, by the names of their properties. Safe for many threads. */
public final class EtcdMirrors {

  private final Map<String, LinkProperties> links = new TreeMap<>();
  private final Map<String, EtcdMirror> built = new TreeMap<>();
  private final MirrorFactory factory;

  EtcdMirrors(Map<String, LinkProperties> all, MirrorFactory factory) {
    all.forEach((link, properties) -> {
      if (properties.enabled()) {
        links.put(link, properties);
      }
    });
    this.factory = factory;
    factory.beans().refuseUnknownLinks(all.keySet());
  }

  /** Returns the names of the links that are enabled. */
  public Set<String> links() {
    return Collections.unmodifiableSet(links.keySet());
  }

  /**
   * Returns the mirror of a link. It is started when the application is, and another one after the
   * application was stopped and started again; so do not keep it.
   *
   * @throws IllegalArgumentException if there is no such link, or it is not enabled
   */
  public synchronized EtcdMirror mirror(String link) {
    EtcdMirror known = built.get(link);
    return known == null ? build(link) : known;
  }

  /** Returns the mirror of a link, or a new one if that has ended. */
  synchronized EtcdMirror startable(String link) {
    EtcdMirror known = mirror(link);
    return known.status().state().isFinal() ? build(link) : known;
  }

  /** Returns the mirrors that there are: the start may have failed before others were built. */
  synchronized List<EtcdMirror> built() {
    return List.copyOf(built.values());
  }

  private EtcdMirror build(String link) {
    EtcdMirror mirror = factory.create(link, properties(link));
    built.put(link, mirror);
    return mirror;
  }

  LinkProperties properties(String link) {
    @Nullable LinkProperties properties = links.get(link);
    if (properties == null) {
      throw new IllegalArgumentException(
          "there is no link '%s'; these are enabled: %s".formatted(link, links.keySet()));
    }
    return properties;
  }
}
