package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands refuse of a dump. */
@Timeout(120)
class DumpUsageTest {

  @TempDir private Path directory;

  @BeforeEach
  void writeDump() throws Exception {
    SinkProvider provider =
        ServiceLoader.load(SinkProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.scheme().equals("file"))
            .findFirst()
            .orElseThrow();
    MirrorAddress address = new MirrorAddress("file", directory.toString());
    SinkSettings settings = new SinkSettings(address, Access.ANONYMOUS, null, KeyModel.BYTES);
    try (AtomicSink sink = (AtomicSink) provider.createSink(settings)) {
      MirrorEvent put = new MirrorEvent.Put(Bytes.utf8("/p/a"), Bytes.utf8("1"), 1, null);
      sink.apply(EventBatch.of(List.of(put), 1, 1));
    }
  }

  private static String refused(String command, String source, String sink, String... more) {
    List<String> args =
        new ArrayList<>(List.of(command, "--source", source, "--sink", sink, "--prefix", "/p/"));
    args.addAll(List.of(more));
    Cli cli = Cli.execute(args.toArray(String[]::new));
    assertThat(cli.code()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).hasLineCount(1);
    return cli.err();
  }

  @Test
  void dumpIsNotFollowed() {
    String dump = "file:" + directory;
    for (String command : List.of("run", "cutover")) {
      assertThat(refused(command, dump, "v3:http://a:1"))
          .contains("--source: '" + dump + "' is a dump, and cannot be followed");
    }
    assertThat(refused("cutover", "v3:http://a:1", dump))
        .contains("'" + dump + "' is a dump, and cannot be followed");
  }

  @Test
  void onlyADumpIsReadAtAnIndex() {
    assertThat(refused("once", "v3:http://a:1", "v3:http://b:1", "--at", "5"))
        .contains("--at: 'v3:http://a:1' is no dump, and can only be read as it is now");
    assertThat(refused("once", "file:" + directory, "v3:http://b:1", "--at", "x"))
        .contains("--at: 'x' is not a whole number of at least 1");
  }

  @Test
  void missingDumpIsNamed() {
    String missing = directory.resolve("missing").toString();
    assertThat(refused("once", "file:" + missing, "v3:http://b:1"))
        .contains("--source: there is no dump in '" + missing + "'");
  }

  @Test
  void sourceOfAnotherKeyModelIsRefused() {
    assertThat(refused("run", "v2:http://a:1", "file:" + directory, "--http", "none"))
        .contains("--sink: ")
        .contains("has keys as bytes (etcd v3), and the source's keys are paths (etcd v2)");
  }
}
