package org.etcdmirror.spring;

import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;

/** Finds the maker of a source or sink by the scheme of an address. */
final class Providers {

  private final ClassLoader loader;

  Providers(ClassLoader loader) {
    this.loader = loader;
  }

  SourceProvider source(String property, MirrorAddress address) {
    return find(property, address, SourceProvider.class, SourceProvider::scheme);
  }

  SinkProvider sink(String property, MirrorAddress address) {
    return find(property, address, SinkProvider.class, SinkProvider::scheme);
  }

  private <P> P find(
      String property, MirrorAddress address, Class<P> kind, Function<P, String> schemeOf) {
    List<P> known =
        ServiceLoader.load(kind, loader).stream().map(ServiceLoader.Provider::get).toList();
    return known.stream()
        .filter(provider -> schemeOf.apply(provider).equals(address.scheme()))
        .findFirst()
        .orElseThrow(() ->
            new LinkPropertyException(
                property,
                "is '%s', and there is no scheme '%s'".formatted(address, address.scheme()),
                "use one of %s, or add the module that has it"
                    .formatted(known.stream().map(schemeOf).sorted().toList())));
  }
}
