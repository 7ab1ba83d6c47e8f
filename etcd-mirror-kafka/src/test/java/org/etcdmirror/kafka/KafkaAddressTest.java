package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in an address, and what in a file. No broker is asked. */
class KafkaAddressTest {

  @TempDir private Path directory;

  private static void create(String address) {
    create(address, Access.ANONYMOUS, null);
  }

  private static void create(String address, Access access, @Nullable Bytes checkpointKey) {
    SinkProvider provider =
        ServiceLoader.load(SinkProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(one -> one.scheme().equals("kafka"))
            .findFirst()
            .orElseThrow();
    provider
        .createSink(new SinkSettings(MirrorAddress.parse(address), access, checkpointKey))
        .close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka:a:9092/t",
        "kafka:a:9092,b.example:9093,[::1]:9094/etcd.conf_1-x",
        "kafka:a:9092/t?prefix=/app/:app&prefix=/a%26b%25:ab&prefix=/a:b/:c",
        "kafka:a:9092/t?checkpoint=c&partitions=12&replication=3"
      })
  void isTaken(String address) {
    assertThatCode(() -> create(address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "kafka:a:9092;is not of the form kafka:HOST:PORT",
        "kafka:a/t;is not of the form kafka:HOST:PORT",
        "kafka:user:secret@a:9092/t;is not of the form kafka:HOST:PORT",
        "kafka:a:9092/;is no name of a topic",
        "kafka:a:9092/x y;is no name of a topic",
        "kafka:a:9092/..;is no name of a topic",
        "kafka:a:9092/t?replication=0;replication must be 1 or more: 0",
        "kafka:a:9092/t?partitions=x;partitions: 'x' is no number",
        "kafka:a:9092/t?partitions=1&partitions=2;'partitions' is given twice",
        "kafka:a:9092/t?prefix=/a/;is not of the form PREFIX:TOPIC",
        "kafka:a:9092/t?prefix=/a%2:x;percent sign without two hexadecimal digits",
        "kafka:a:9092/t?prefix=/a/:x&prefix=/a/:y;has two topics: give one",
        "kafka:a:9092/t?settings=/no/such/file;give a properties file"
      })
  void isRefused(String address, String why) {
    assertThatThrownBy(() -> create(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotShown() {
    assertThatThrownBy(() -> create("kafka:a:9092/t?sasl.jaas.config=secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'sasl.jaas.config' is no setting of kafka:BROKERS/TOPIC")
        .hasMessageContaining("is in the file")
        .hasMessageNotContaining("secret");
  }

  @Test
  void settingsOfTheClientsComeFromAFile() throws IOException {
    Path file = directory.resolve("kafka.properties");
    Files.writeString(file, "security.protocol=SASL_SSL\ncompression.type=zstd\nmy.own=1\n");
    assertThatCode(() -> create("kafka:a:9092/t?settings=" + file)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acks",
        "transactional.id",
        "isolation.level",
        "enable.idempotence",
        "bootstrap.servers"
      })
  void aSettingThatTheGuaranteesRestOnIsRefused(String name) throws IOException {
    Path file = directory.resolve("kafka.properties");
    Files.writeString(file, name + "=secret");
    assertThatThrownBy(() -> create("kafka:a:9092/t?settings=" + file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sets '" + name + "', which the mirror decides: remove it")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aFileThatIsDamagedIsRefusedWithoutItsContent() throws IOException {
    Path file = directory.resolve("kafka.properties");
    Files.writeString(file, "password=secret\\u00zz");
    assertThatThrownBy(() -> create("kafka:a:9092/t?settings=" + file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("secret");
  }

  @Test
  void brokersThatDnsDoesNotKnowNowAreTriedAgain() {
    try (KafkaSink sink = KafkaSink.of("a..b:9092", "t")) {
      sink.indexStore("link");
      assertThatThrownBy(sink::load)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no broker of 'a..b:9092' has an address");
    }
  }

  @Test
  void aWrongSettingEndsTheMirror() {
    try (KafkaSink sink =
        KafkaSink.builder()
            .brokers("127.0.0.1:9092")
            .topic("t")
            .setting("security.protocol", "NONE")
            .build()) {
      sink.indexStore("link");
      assertThatThrownBy(sink::load)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("127.0.0.1:9092")
          .hasMessageContaining("correct the settings");
    }
  }

  @Test
  void userAndCheckpointKeyOfTheLinkAreRefused() {
    Access user = Access.user("root", () -> "secret");
    assertThatThrownBy(() -> create("kafka:a:9092/t", user, null))
        .hasMessageContaining("properties file");
    assertThatThrownBy(() -> create("kafka:a:9092/t", Access.ANONYMOUS, Bytes.utf8("/k")))
        .hasMessageContaining("checkpoint=TOPIC");
  }

  @ParameterizedTest
  @CsvSource({
    "web, etcd-mirror-web",
    "/conf.d, etcd-mirror-_2fconf_2ed",
    "a_b, etcd-mirror-a_5fb",
    "é, etcd-mirror-_c3_a9"
  })
  void eachLinkHasATopicForItsCheckpoint(String link, String topic) {
    assertThat(LinkTopic.of(link)).isEqualTo(topic);
  }

  @Test
  void aLinkWhoseNameIsTooLongForATopicIsRefused() {
    assertThatThrownBy(() -> LinkTopic.of("x".repeat(300)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name the topic of its checkpoint");
  }
}
