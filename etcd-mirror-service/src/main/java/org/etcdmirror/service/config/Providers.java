package org.etcdmirror.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.internal.InspectorProvider;
import org.jspecify.annotations.Nullable;

/** Finds the provider for an address, on the class path and among the plug-ins. */
public final class Providers {

  /** The schemes of clusters whose servers DNS names. */
  private static final Set<String> BY_DNS = Set.of("v2+srv", "v3+srv");

  private final ClassLoader loader;

  private Providers(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Finds the providers on the class path and in a directory of jars.
   *
   * @param plugins the directory; null for none
   * @throws UsageException if it is none, or a jar in it cannot be read
   */
  static Providers of(@Nullable Given plugins) {
    return new Providers(Plugins.loader(plugins));
  }

  public SourceProvider source(Given given) {
    return find(given, SourceProvider.class, SourceProvider::scheme);
  }

  public SinkProvider sink(Given given) {
    return find(given, SinkProvider.class, SinkProvider::scheme);
  }

  /** Returns the provider of inspectors for the address; null if it is of a plug-in. */
  public @Nullable InspectorProvider inspector(Given given) {
    String scheme = address(given).scheme();
    for (InspectorProvider provider : ServiceLoader.load(InspectorProvider.class, loader)) {
      if (provider.scheme().equals(scheme)) {
        return provider;
      }
    }
    return null;
  }

  /** Reads the address. */
  public static MirrorAddress address(Given given) {
    try {
      return MirrorAddress.parse(given.text());
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private <P> P find(Given given, Class<P> kind, Function<P, String> schemeOf) {
    String scheme = address(given).scheme();
    List<P> found = new ArrayList<>();
    TreeSet<String> schemes = new TreeSet<>(BY_DNS);
    try {
      for (P provider : ServiceLoader.load(kind, loader)) {
        schemes.add(schemeOf.apply(provider));
        if (schemeOf.apply(provider).equals(scheme)) {
          found.add(provider);
        }
      }
    } catch (ServiceConfigurationError e) {
      throw new ServiceException("cannot load a plug-in: " + e.getMessage(), e);
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
