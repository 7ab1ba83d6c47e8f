package org.etcdmirror.service;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Function;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;

/** Finds who makes sources and sinks for an address, on the class path. */
final class Providers {

  private Providers() {}

  static SourceProvider source(Given given) {
    return find(given, SourceProvider.class, SourceProvider::scheme);
  }

  static SinkProvider sink(Given given) {
    return find(given, SinkProvider.class, SinkProvider::scheme);
  }

  static MirrorAddress address(Given given) {
    try {
      return MirrorAddress.parse(given.text());
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private static <P> P find(Given given, Class<P> kind, Function<P, String> schemeOf) {
    String scheme = address(given).scheme();
    List<P> found = new ArrayList<>();
    TreeSet<String> schemes = new TreeSet<>();
    try {
      for (P provider : ServiceLoader.load(kind)) {
        schemes.add(schemeOf.apply(provider));
        if (schemeOf.apply(provider).equals(scheme)) {
          found.add(provider);
        }
      }
    } catch (ServiceConfigurationError e) {
      throw new ServiceException("a plug-in on the class path is broken: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw given.wrong(
          "there is no scheme '%s'; there are: %s".formatted(scheme, String.join(", ", schemes)));
    }
    if (found.size() > 1) {
      throw given.wrong(
          "scheme '%s' is claimed by both %s and %s"
              .formatted(
                  scheme, found.get(0).getClass().getName(), found.get(1).getClass().getName()));
    }
    return found.get(0);
  }
}
