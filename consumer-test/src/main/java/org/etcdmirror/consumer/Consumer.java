package org.etcdmirror.consumer;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import java.time.Duration;
import java.util.ServiceLoader;

/** Mirrors a prefix into memory until an index is reached, and prints the value of one key. */
public final class Consumer {

  private Consumer() {}

  /** Takes the source's address, the prefix, the index to wait for, and the key to print. */
  public static void main(String[] args) throws InterruptedException {
    EventSource source = source(args[0]);
    InMemorySink sink =
        source.keyModel() == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes();
    try (EtcdMirror mirror =
        EtcdMirror.builder()
            .source(source)
            .sink(sink)
            .indexStore(new InMemoryIndexStore())
            .scope(MirrorScope.of(args[1]))
            .build()) {
      mirror.start();
      if (!mirror.await(Long.parseLong(args[2]), Duration.ofSeconds(60))) {
        throw new IllegalStateException("not there in time: " + mirror.status());
      }
      String path = Consumer.class.getModule().isNamed() ? "module path" : "class path";
      String value = sink.get(Bytes.utf8(args[3])).map(Bytes::utf8).orElse("no value");
      System.out.println(path + ": " + value);
    }
  }

  private static EventSource source(String address) {
    MirrorAddress parsed = MirrorAddress.parse(address);
    return ServiceLoader.load(SourceProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals(parsed.scheme()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no provider for " + address))
        .createSource(new SourceSettings(parsed, Access.ANONYMOUS));
  }
}
