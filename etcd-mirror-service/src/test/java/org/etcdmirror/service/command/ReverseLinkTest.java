package org.etcdmirror.service.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.run.LinkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options and the command of the reverse link. */
class ReverseLinkTest {

  private static final String RUN = "etcd-mirror run ";

  private final Path directory;

  ReverseLinkTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void reverseLinkSwapsTheSidesAndKeepsOtherOptions() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), "secret");
    Path two = Files.writeString(directory.resolve("two"), "secret");
    Settings forward =
        settings(
            "--source=v2:http://a:1",
            "--sink=v3:http://b:1",
            "--source-user=reader",
            "--source-password-file=" + one,
            "--sink-user=writer",
            "--sink-password-file=" + two,
            "--prefix=/conf",
            "--prefix=/spicerack=/copy",
            "--ttl=copy",
            "--link=eqiad",
            "--http=none");

    assertThat(command(forward))
        .isEqualTo(
            RUN
                + "--source v3:http://b:1 --source-user writer --source-password-file %s"
                    .formatted(two)
                + " --sink v2:http://a:1 --sink-user reader --sink-password-file %s".formatted(one)
                + " --prefix /conf --prefix /copy=/spicerack"
                + " --ttl copy --link eqiad-back --http none");
  }

  @Test
  void reverseOfTheReverseLinkIsTheForwardLink() {
    Settings forward =
        settings(
            "--source=v3:http://a:1",
            "--sink=v3:http://b:1",
            "--prefix=/a/=/b/",
            "--link=x",
            "--checkpoint-key=/state");
    Settings back = reverse(forward);

    assertThat(back.values()).isNotEqualTo(forward.values());
    assertThat(reverse(back).values()).isEqualTo(forward.values());
  }

  @Test
  void reverseLinkHasTheInverseScope() {
    Settings forward =
        settings(
            "--source=v2:http://a:1",
            "--sink=v3:http://b:1",
            "--prefix=/conf/",
            "--prefix=/spicerack=/copy",
            "--link=x");

    assertThat(LinkFactory.create(reverse(forward)).scope().rules())
        .isEqualTo(LinkFactory.create(forward).scope().inverse().rules());
  }

  @Test
  void reverseLinkOmitsTheCheckpointKeyForAV2Sink() {
    Settings forward =
        settings(
            "--source=v2:http://a:1",
            "--sink=v3:http://b:1",
            "--prefix=/conf",
            "--checkpoint-key=/state of it");

    assertThat(command(forward))
        .isEqualTo(RUN + "--source v3:http://b:1 --sink v2:http://a:1 --prefix /conf");
  }

  @Test
  void reverseCommandQuotesWordsForTheShell() {
    Settings forward =
        settings(
            "--source=v3:http://a:1",
            "--sink=v3:http://b:1",
            "--prefix=it's",
            "--exclude=it's/(locks|tmp)/.*");

    assertThat(command(forward))
        .endsWith(" --prefix 'it'\\''s' --exclude 'it'\\''s/(locks|tmp)/.*'");
  }

  @Test
  void reverseCommandWritesFlagsWithoutAValue() {
    Settings forward =
        settings(
            "--source=v3:http://a:1", "--sink=v3:http://b:1", "--prefix=/a", "--require-empty");

    assertThat(command(forward)).endsWith(" --prefix /a --require-empty");
  }

  @Test
  void reverseOfExcludesUnderARenamedPrefixIsRefused() {
    Settings forward =
        settings(
            "--source=v2:http://a:1", "--sink=v3:http://b:1", "--prefix=/a=/b", "--exclude=/a/x");

    assertThatThrownBy(() -> reverse(forward))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--exclude: ")
        .hasMessageContaining("no inverse");
  }

  @Test
  void reverseOfALinkWithAnIndexFileIsRefused() {
    Settings forward =
        settings(
            "--source=v2:http://a:1",
            "--sink=v2:http://b:1",
            "--prefix=/a",
            "--index-store=file:" + directory.resolve("index"));

    assertThatThrownBy(() -> ReverseLink.of(forward, MirrorScope.of("/a")))
        .isInstanceOf(UsageException.class)
        .hasMessage("--index-store: a cut-over needs the index in the sink");
  }

  private static String command(Settings forward) {
    return ReverseLink.command(reverse(forward));
  }

  private static Settings reverse(Settings forward) {
    return ReverseLink.of(forward, LinkFactory.create(forward).scope());
  }

  private static Settings settings(String... args) {
    return TestSettings.of(args);
  }
}
