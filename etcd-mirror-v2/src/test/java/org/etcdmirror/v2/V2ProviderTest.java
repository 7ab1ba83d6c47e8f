package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.ServiceLoader;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.junit.jupiter.api.Test;

final class V2ProviderTest {

  private static SinkProvider found() {
    return ServiceLoader.load(SinkProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.scheme().equals("v2"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void isFoundAndMakesWhatItsAddressSays() throws Exception {
    MirrorAddress address = MirrorAddress.parse("v2:http://a:1,http://b:2");
    try (var sink = found().createSink(address, List.of(Bytes.utf8("/a")));
        var store = found().createIndexStore(address, "/a")) {
      assertThat(sink).isInstanceOf(V2Sink.class);
      assertThat(store).isInstanceOf(V2IndexStore.class);
    }
  }

  @Test
  void anAddressThatIsNoneIsToldInOneLine() {
    MirrorAddress address = MirrorAddress.parse("v2:http://a:1,b:2");
    assertThatThrownBy(() -> found().createSink(address, List.of(Bytes.utf8("/a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'b:2' is not an etcd endpoint of the form http://HOST:PORT");
    assertThatThrownBy(() -> found().createIndexStore(address, "/a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("\n");
  }
}
