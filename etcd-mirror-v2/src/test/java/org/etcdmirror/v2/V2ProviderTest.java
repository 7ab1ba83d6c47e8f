package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ServiceLoader;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.Test;

final class V2ProviderTest {

  private static SinkProvider found() {
    return ServiceLoader.load(SinkProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals("v2"))
        .findFirst()
        .orElseThrow();
  }

  private static SinkSettings settings(MirrorAddress address) {
    return new SinkSettings(address, Access.ANONYMOUS, null);
  }

  @Test
  void providerIsFoundAndCreatesSinkAndStoreForAddress() throws Exception {
    MirrorAddress address = MirrorAddress.parse("v2:http://a:1,http://b:2");
    try (var sink = found().createSink(settings(address));
        var store = sink.indexStore("/a")) {
      assertThat(sink).isInstanceOf(V2Sink.class);
      assertThat(store).isInstanceOf(V2IndexStore.class);
    }
  }

  @Test
  void invalidAddressIsReportedInOneLine() {
    MirrorAddress address = MirrorAddress.parse("v2:http://a:1,b:2");
    assertThatThrownBy(() -> found().createSink(settings(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'b:2' is not an etcd endpoint; write http://HOST:PORT");
    MirrorAddress right = MirrorAddress.parse("v2:http://a:1");
    SinkSettings chosen = new SinkSettings(right, Access.ANONYMOUS, Bytes.utf8("/key"));
    assertThatThrownBy(() -> found().createSink(chosen))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\n")
        .hasMessageContaining("/__replication/LINK");
  }
}
