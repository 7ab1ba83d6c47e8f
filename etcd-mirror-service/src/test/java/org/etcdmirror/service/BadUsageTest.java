package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong option ends with exit code 2 and one line that names the option. */
@Timeout(120)
class BadUsageTest {

  private static final List<String> GOOD =
      List.of("--source", "v2:http://a:1", "--sink", "v2:http://b:1", "--prefix", "/conftool");

  private final Path directory;

  BadUsageTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --recovery     | maybe            | 'maybe' is not one of resync, resync:N, fail, skip-gap
          --recovery     | resync:          | '' is not a whole number of at least 0
          --recovery     | resync:-1        | '-1' is not a whole number of at least 0
          --recovery     | resync:9223372036854775808 | is not a whole number
          --catch-up     | later            | 'later' is not one of replay, collapse, hold
          --catch-up-events | 5             | it needs --catch-up hold
          --catch-up-age | 5m               | it needs --catch-up hold
          --standby-term | 5s               | it needs --standby
          --member       | a                | it needs --standby
          --verify-every | 5                | '5' is not a duration such as 500ms, 90s, 10m or 1h
          --verify-every | 5d               | '5d' is not a duration
          --verify-every | 1.5h             | '1.5h' is not a duration
          --verify-every | 9999999999h      | is not a duration
          --verify-every | 0s               | '0s' must be more than 0
          --verify-action | repair          | it needs --verify-every
          --verify-rate  | 5                | it needs --verify-every
          --plugins      | /no/such/dir     | there is no directory '/no/such/dir'
          --plugins      | /dev/null        | there is no directory '/dev/null'
          --max-deletes  | many             | 'many' is neither a number of keys nor a percentage
          --max-writes-per-second | 0       | '0' is not a whole number of at least 1
          --max-writes-per-second | 1.5     | '1.5' is not a whole number of at least 1
          --max-deletes  | -1               | keys must not be negative
          --max-deletes  | 101%             | percent must be 0 to 100
          --max-deletes  | 99999999999999999999 | is neither a number of keys
          --ttl          | keep             | 'keep' is not one of follow, copy
          --index-store  | source           | 'source' is neither target nor file:PATH
          --index-store  | file:            | 'file:' is neither target nor file:PATH
          --index-store  | file:/no/such/dir/x | does not exist or cannot be written to
          --index-store  | file:/           | is a directory
          --exclude      | (                | '(' is not a regular expression
          --http         | 8000             | '8000' is neither HOST:PORT nor none
          --http         | :8000            | ':8000' is neither HOST:PORT nor none
          --http         | localhost:65536  | is neither HOST:PORT nor none
          --http         | localhost:http   | is neither HOST:PORT nor none
          --http-cert    | /dev/null        | it needs --http-key as well
          --http-key     | /dev/null        | it needs --http-cert as well
          --http-client-ca | /no/such.pem   | there is no file '/no/such.pem'
          --admin-token-file | /no/such     | there is no file '/no/such'
          --link         | ' '              | a name must not be empty
          --catch-up-watches | 0            | '0' is not a whole number of at least 1
          --unsupported-entries | drop      | 'drop' is not one of fail, skip
          --source-user  | mirror           | it needs --source-password-file as well
          --sink-user    | mirror           | it needs --sink-password-file as well
          --source-password-file | /dev/null | it needs --source-user as well
          --sink-cert    | /dev/null        | it needs --sink-key as well
          --sink-key     | /dev/null        | it needs --sink-cert as well
          --source-cacert | /no/such.pem    | there is no file '/no/such.pem'
          --source-cacert | /               | '/' is not a regular file
          --source-cacert | /dev/null       | '/dev/null' is not a regular file
          --checkpoint-key | ''             | a key must not be empty
          """)
  void wrongValueIsNamed(String option, String value, String why) {
    assertThat(line(option, value)).startsWith("etcd-mirror: " + option + ": ").contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --catch-up hold   | --catch-up-events   | many | 'many' is not a whole number of at least 0
          --catch-up hold   | --catch-up-age      | old  | 'old' is not a duration
          --standby         | --standby-term      | 1s   | term must be from 2 to 600 whole seconds
          --standby         | --standby-term      | soon | 'soon' is not a duration
          --verify-every 1h | --verify-action | sing | 'sing' is not one of report, repair
          --verify-every 1h | --verify-rate   | 0    | '0' is not a whole number of at least 1
          """)
  void wrongValueOfADependentOptionIsNamed(String main, String option, String value, String why) {
    List<String> args = new ArrayList<>(List.of(main.split(" ")));
    args.addAll(List.of(option, value));

    assertThat(line(args.toArray(String[]::new)))
        .startsWith("etcd-mirror: " + option + ": ")
        .contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --source | v9:http://a:1 | there is no scheme 'v9'; there are: file, v2, v2+srv, v3, v3+srv
          --source | http          | 'http' is not of the form SCHEME:ADDRESS
          --sink   | v9:http://a:1 | there is no scheme 'v9'; there are: file, v2, v2+srv, v3, v3+srv
          --sink   | v2:           | 'v2:' is not of the form SCHEME:ADDRESS
          --sink   | v2:a:1        | 'a:1'
          --prefix | conftool      | in 'conftool' the prefix does not begin with a slash
          --prefix | /a=b          | in '/a=b' the prefix does not begin with a slash
          --prefix | /a=/b=/c      | '/a=/b=/c' has more than one '='
          --prefix | ''            | the prefix does not begin with a slash
          --prefix | /a/../b       | segment
          """)
  void wrongAddressOrPrefixIsNamed(String option, String value, String why) {
    List<String> args = new ArrayList<>(GOOD);
    args.set(args.indexOf(option) + 1, value);

    assertThat(lineOf(args)).startsWith("etcd-mirror: " + option + ": ").contains(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--source", "--sink", "--prefix"})
  void missingOptionIsNamed(String option) {
    List<String> args = new ArrayList<>(GOOD);
    args.subList(args.indexOf(option), args.indexOf(option) + 2).clear();

    assertThat(lineOf(args)).isEqualTo("etcd-mirror: " + option + " is required");
  }

  @Test
  void overlappingPrefixesAreNamed() {
    assertThat(line("--prefix", "/conftool/v1", "--link", "x"))
        .isEqualTo("etcd-mirror: --prefix: prefixes '/conftool' and '/conftool/v1' overlap");
  }

  @Test
  void overlappingTargetsAreNamed() {
    assertThat(line("--prefix", "/other=/conftool/other", "--link", "x"))
        .startsWith("etcd-mirror: --prefix: ")
        .endsWith("overlap");
  }

  @Test
  void severalPrefixesRequireALinkNameForAnIndexInTheSink() {
    assertThat(line("--prefix", "/other"))
        .startsWith("etcd-mirror: --link is required to store the index of several prefixes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --nonsense       | Unknown option: '--nonsense'
          --prefixes=/a    | Unknown option: '--prefixes'; did you mean '--prefix'?
          --recovery       | Missing required parameter for option '--recovery'
          --source=v2:x    | option '--source'
          stray            | 'stray'
          @file            | '@file'
          """)
  void malformedArgumentIsNamed(String arg, String why) {
    assertThat(line(arg)).contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prefixx: /a               | unknown key 'prefixx'; known are admin-token-file, audit, catch-up, catch-up-age, catch-up-events, catch-up-watches, checkpoint-key, dump-dir, exclude, exclude-prefix, fail-fast, former-prefix
          recovery: 5               | recovery: it must be text, but it is 5
          recovery: [fail]          | recovery: it must be text, but it is ["fail"]
          prefix: {a: b}            | prefix: it must be text or a list of texts
          prefix: [/a, 5]           | prefix: it must be text or a list of texts, but it is 5
          link:                     | link: it must be text, but it is empty
          require-empty: 1          | require-empty: it must be true or false, but it is 1
          max-deletes: 1.5          | max-deletes: it must be text, but it is 1.5
          max-deletes: many         | max-deletes: 'many' is neither a number of keys
          exclude: "("              | exclude: '(' is not a regular expression
          http: nowhere             | http: 'nowhere' is neither HOST:PORT nor none
          just text                 | it must be a mapping of option names to values
          ttl: [                    | is not YAML
          '{ttl: copy, ttl: follow}' | repeats a key
          """)
  void configErrorNamesFileAndKey(String content, String why) throws IOException {
    Path file = Files.writeString(directory.resolve("mirror.yaml"), content);

    assertThat(line("--config", file.toString()))
        .startsWith("etcd-mirror: --config " + file + ": ")
        .contains(why);
  }

  @Test
  void missingEmptyOrNonUtf8PasswordFileIsRefused() throws IOException {
    Path file = directory.resolve("password");
    String option = "etcd-mirror: --sink-password-file: ";
    assertThat(line("--sink-user", "m", "--sink-password-file", file.toString()))
        .isEqualTo(option + "there is no file '" + file + "'");

    Files.writeString(file, "\nsecret\n");

    assertThat(line("--sink-user", "m", "--sink-password-file", file.toString()))
        .isEqualTo(option + "password file '" + file + "' of user 'm' is empty");

    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 's'});

    assertThat(line("--sink-user", "m", "--sink-password-file", file.toString()))
        .isEqualTo(option + "password file '" + file + "' of user 'm' is not UTF-8");
  }

  @Test
  void fifoAsSecretFileIsRefusedImmediately() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertThat(line("--sink-user", "m", "--sink-password-file", fifo.toString()))
        .isEqualTo("etcd-mirror: --sink-password-file: '" + fifo + "' is not a regular file");
    assertThat(line("--source-cert", fifo.toString(), "--source-key", fifo.toString()))
        .isEqualTo("etcd-mirror: --source-cert: '" + fifo + "' is not a regular file");
  }

  @Test
  void passwordCannotBeGivenOnTheCommandLine() {
    String refusal =
        "etcd-mirror: Unknown option: '--source-password'; did you mean '--source-password-file'?";
    assertThat(line("--source-password", "secret")).isEqualTo(refusal);
    assertThat(line("--source-password=secret")).isEqualTo(refusal);
  }

  @Test
  void certificatesForAnAddressWithoutTlsAreRefused() {
    Path caCert = TestCertificates.in(directory).caCert();
    assertThat(line("--sink-cacert", caCert.toString()))
        .isEqualTo(
            "etcd-mirror: --sink: certificates are configured, but endpoint 'http://b:1' is not"
                + " https; write https://");
  }

  @Test
  void checkpointKeyIsRefusedForV2SinksAndIndexFiles() {
    assertThat(line("--checkpoint-key", "/mine"))
        .startsWith("etcd-mirror: --index-store target: v2 keeps its index in /__replication");
    String file = "file:" + directory.resolve("index");
    assertThat(line("--checkpoint-key", "/mine", "--index-store", file))
        .startsWith("etcd-mirror: --checkpoint-key: it has no effect with --index-store");
  }

  @Test
  void indexFileIsRefusedForAV3Sink() {
    List<String> args = new ArrayList<>(GOOD);
    args.set(args.indexOf("--sink") + 1, "v3:http://b:1");
    args.addAll(List.of("--index-store", "file:" + directory.resolve("index")));

    assertThat(lineOf(args))
        .isEqualTo(
            "etcd-mirror: --index-store: 'v3:http://b:1' stores its index with the data; "
                + "use target");
  }

  @Test
  void indexFileIsRefusedForASinkWithoutIdentity() {
    assertThat(line("--index-store", "file:" + directory.resolve("index")))
        .isEqualTo(
            "etcd-mirror: --index-store: 'v2:http://b:1' has no identity that ties it to an"
                + " index in a file; use target");
  }

  @Test
  void unreadablePluginJarIsNamed() throws IOException {
    Path jar = Files.writeString(directory.resolve("half.jar"), "not a jar");

    assertThat(line("--plugins", directory.toString()))
        .startsWith("etcd-mirror: --plugins: '" + jar + "' cannot be read: ");
  }

  @Test
  void pluginJarForANewerJavaIsNamed() throws IOException {
    Path jar = directory.resolve("newer.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/org.etcdmirror.api.SourceProvider"));
      out.write("org.example.Newer\n".getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry("org/example/Newer.class"));
      out.write(
          new byte[] {(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0, 0, 0, (byte) 143});
    }

    assertThat(line("--plugins", directory.toString()))
        .isEqualTo(
            "etcd-mirror: --plugins: '%s' needs Java 99 or newer, and this is Java %d"
                .formatted(jar, Runtime.version().feature()));
  }

  @Test
  void linkNameThatV2CannotStoreIsRefused() {
    assertThat(line("--link", "a/../b"))
        .isEqualTo(
            "etcd-mirror: --link: etcd v2 cannot store an index under the link name 'a/../b';"
                + " name the link otherwise");
  }

  @Test
  void missingConfigIsNamed() {
    Path file = directory.resolve("nowhere.yaml");

    assertThat(line("--config", file.toString()))
        .isEqualTo("etcd-mirror: --config " + file + ": there is no such file");
  }

  @Test
  void unreadableConfigIsNamed() {
    assertThat(line("--config", directory.toString()))
        .startsWith("etcd-mirror: --config " + directory + ": it cannot be read");
  }

  private String line(String... more) {
    List<String> args = new ArrayList<>(GOOD);
    args.addAll(List.of(more));
    return lineOf(args);
  }

  private String lineOf(List<String> args) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(args);
    Cli cli = Cli.execute(all.toArray(String[]::new));
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasLineCount(1);
    return cli.err().strip();
  }
}
