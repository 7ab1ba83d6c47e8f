package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Addresses of the form {@code file:DIR}. */
class FileProviderTest {

  @TempDir private Path directory;

  private EventSink sink(KeyModel keyModel, @Nullable Bytes checkpointKey) {
    MirrorAddress address = new MirrorAddress("file", directory.toString());
    return new FileProvider()
        .createSink(new SinkSettings(address, Access.ANONYMOUS, checkpointKey, keyModel));
  }

  @Test
  void isFoundAsAPlugIn() {
    assertThat(ServiceLoader.load(SinkProvider.class))
        .anySatisfy(found -> assertThat(found.scheme()).isEqualTo("file"));
    assertThat(ServiceLoader.load(SourceProvider.class))
        .anySatisfy(found -> {
          assertThat(found.scheme()).isEqualTo("file");
          assertThat(found.isRecording()).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void newDumpNamesItsKeysLikeTheSource(KeyModel keyModel) {
    try (EventSink sink = sink(keyModel, null)) {
      assertThat(sink.keyModel()).isEqualTo(keyModel);
    }
  }

  @Test
  void keyForTheIndexIsRefused() {
    assertThatThrownBy(() -> sink(KeyModel.BYTES, Bytes.utf8("/key")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stores its index with the data");
  }

  @Test
  void addressMaySayWhatIsKept() {
    assertThat(FileAddress.parse("/d")).isEqualTo(new FileAddress(Path.of("/d"), null));
    assertThat(FileAddress.parse("/d?keep=7d&snapshots=10"))
        .isEqualTo(new FileAddress(Path.of("/d"), new Retention(Duration.ofDays(7), 10)));
    assertThat(FileAddress.parse("d/e?snapshots=1"))
        .isEqualTo(new FileAddress(Path.of("d/e"), new Retention(null, 1)));
    assertThat(FileAddress.parse("/d?keep=90s").retention())
        .isEqualTo(new Retention(Duration.ofSeconds(90), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ?keep=7d            | address names no directory
          /d?keep=7           | '7' is no duration such as 7d
          /d?keep=-1d         | '-1d' is no duration
          /d?snapshots=0      | snapshots must be at least 1: 0
          /d?snapshots=x      | snapshots: 'x' is no number
          /d?color=red        | 'color=red' is no setting of file:DIR
          /d?keep=1d&keep=2d  | or is given twice
          /d?                 | '' is no setting of file:DIR
          """)
  void wrongAddressIsRefused(String address, String message) {
    assertThatThrownBy(() -> FileAddress.parse(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sourceTakesNoRetention() {
    MirrorAddress address = new MirrorAddress("file", directory + "?keep=7d");
    SourceSettings settings = new SourceSettings(address, Access.ANONYMOUS);
    assertThatThrownBy(() -> new FileProvider().createSource(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a source takes no settings");
  }
}
