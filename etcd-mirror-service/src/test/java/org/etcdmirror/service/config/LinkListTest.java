package org.etcdmirror.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of links in a configuration file. */
class LinkListTest {

  private static final String COMMON =
      """
      source: v3:http://a:1
      sink: v3:http://b:1
      ttl: copy
      http: none
      links:
      """;

  private final Path file;

  LinkListTest(@TempDir Path directory) {
    this.file = directory.resolve("links.yaml");
  }

  @Test
  void eachLinkInheritsTheCommonOptionsAndOverridesThem() throws IOException {
    LinkList list =
        read(
            COMMON
                + """
                - {name: one, prefix: /one/}
                - {name: two, prefix: [/two/, /three/], ttl: follow, sink: 'v3:http://c:1'}
                """);

    assertThat(list.isList()).isTrue();
    assertThat(list.all()).extracting(LinkListTest::link).containsExactly("one", "two");
    Settings one = list.all().get(0);
    Settings two = list.all().get(1);
    assertThat(one.sink().text()).isEqualTo("v3:http://b:1");
    assertThat(two.sink().text()).isEqualTo("v3:http://c:1");
    assertThat(two.source().text()).isEqualTo("v3:http://a:1");
    assertThat(two.prefixes()).extracting(Given::text).containsExactly("/two/", "/three/");
    assertThat(one.policies().expiry()).isNotEqualTo(two.policies().expiry());
    assertThat(list.process().http()).isNull();
    assertThat(list.failsFast()).isFalse();
  }

  @Test
  void linkSwitchesOffWhatAllLinksHave() throws IOException {
    LinkList list =
        read(
            "require-empty: true\n"
                + COMMON
                + """
                - {name: one, prefix: /one/}
                - {name: two, prefix: /two/, require-empty: false}
                """);

    assertThat(list.all().get(0).policies().requiresEmpty()).isTrue();
    assertThat(list.all().get(1).policies().requiresEmpty()).isFalse();
  }

  @Test
  void commandLineWinsOverAllLinks() throws IOException {
    LinkList list =
        read(COMMON + "- {name: one, prefix: /one/, ttl: copy}", "--ttl=follow", "--fail-fast");

    assertThat(list.all().get(0).values().one(LinkOption.TTL).text()).isEqualTo("follow");
    assertThat(list.failsFast()).isTrue();
  }

  @Test
  void fileWithoutAListIsOneLink() throws IOException {
    LinkList list = read("{source: 'v3:http://a:1', sink: 'v3:http://b:1', prefix: /a}");

    assertThat(list.isList()).isFalse();
    assertThat(list.all()).hasSize(1);
  }

  @Test
  void linkIsChosenOnTheCommandLine() throws IOException {
    String content = COMMON + "- {name: one, prefix: /one/}\n- {name: two, prefix: /two/}";

    assertThat(read(content, "--link=two").all())
        .extracting(LinkListTest::link)
        .containsExactly("two");
    assertThatThrownBy(() -> read(content, "--link=three"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--link: the configuration file has no link 'three'; it has one, two");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          links: []                                     | links: it must be a list with a mapping for each link, but it is []
          links:                                        | links: it must be a list with a mapping for each link, but it is empty
          links: {name: a}                              | links: it must be a list with a mapping for each link
          links: [a]                                    | link 1: it must be a mapping of option names to values
          links: [{prefix: /a}]                         | link 1: it has no name
          links: [{name: 5}]                            | link 1: name: it must be text, but it is 5
          links: [{name: ' '}]                          | link 1: name: a name must not be empty
          links: [{name: a, prefix: /a}, {name: a, prefix: /b}] | link 'a': two links have this name
          links: [{name: a, prefx: /a}]                 | link 'a': unknown key 'prefx'; known are audit, catch-up, catch-up-age
          links: [{name: a, link: b}]                   | link 'a': unknown key 'link'
          links: [{name: a, http: none}]                | link 'a': http: all links of a process share it; write it beside 'links'
          links: [{name: a, fail-fast: false}]          | link 'a': fail-fast: all links of a process share it
          links: [{name: a, prefix: /a, ttl: keep}]     | link 'a': ttl: 'keep' is not one of follow, copy
          links: [{name: a}]                            | link 'a': --prefix is required
          {links: [{name: a, prefix: /a}], ttl: keep}   | ttl: 'keep' is not one of follow, copy
          {links: [{name: a, prefix: /a}], link: b}     | link: each link has its name in 'links'; remove it
          """)
  void errorNamesFileLinkAndOption(String content, String why) throws IOException {
    Files.writeString(file, content);

    assertThatThrownBy(
            () -> LinkList.read(TestSettings.parse(args("--source=v2:x", "--sink=v2:y")), none()))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--config " + file + ": " + why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: a, prefix: /a}                      | {name: /a, prefix: /b}                      | /__replication/a
          {name: a, prefix: /a, checkpoint-key: /k}  | {name: b, prefix: /b, checkpoint-key: /k}   | /k
          {name: a, prefix: /a}                      | {name: b, prefix: /b, checkpoint-key: /__replication/a} | /__replication/a
          {name: a, prefix: /a, sink: 'v3:http://b:1,http://c:1'} | {name: /a, prefix: /b, sink: 'v3:http://c:1/'} | /__replication/a
          """)
  void linksThatWouldShareAnIndexAreRefused(String one, String other, String key)
      throws IOException {
    String content = COMMON + "- " + one + "\n- " + other;

    assertThatThrownBy(() -> read(content))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("would both store their index in '" + key + "'")
        .hasMessageStartingWith("--config " + file + ": link '");
  }

  @Test
  void linksThatWouldShareAnIndexFileAreRefused(@TempDir Path directory) throws IOException {
    Path there = Files.createSymbolicLink(directory.resolve("there"), directory);
    String content =
        COMMON
            + "- {name: a, prefix: /a, index-store: 'file:%s/index'}\n".formatted(directory)
            + "- {name: b, prefix: /b, index-store: 'file:%s/index'}\n".formatted(there);

    assertThatThrownBy(() -> read(content))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("would both store their index in");
  }

  @Test
  void linksThatWouldShareADumpAreRefused(@TempDir Path directory) {
    String content =
        COMMON
            + "- {name: a, prefix: /a, sink: 'file:%s/dump'}\n".formatted(directory)
            + "- {name: b, prefix: /b, sink: 'file:%s/./dump?keep=7d'}\n".formatted(directory);

    assertThatThrownBy(() -> read(content))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("links 'a' and 'b' would both store their index in '");
  }

  @Test
  void linksThatWouldShareAnAuditFileAreRefused() {
    String content =
        "audit: /var/log/audit.json\n"
            + COMMON
            + "- {name: a, prefix: /a}\n- {name: b, prefix: /b, audit: /var/log/../log/audit.json}";

    assertThatThrownBy(() -> read(content))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("links 'a' and 'b' would both write");
  }

  @Test
  void twoNamesOfOneAuditFileAreRefused(@TempDir Path directory) throws IOException {
    Path real = Files.createFile(directory.resolve("audit.json"));
    Path other = Files.createSymbolicLink(directory.resolve("other.json"), real);

    assertThatThrownBy(() ->
            read(
                COMMON
                    + "- {name: a, prefix: /a, audit: %s}\n- {name: b, prefix: /b, audit: %s}"
                        .formatted(real, other)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("links 'a' and 'b' would both write");
  }

  @Test
  void twoNamesOfOneDumpAreRefused(@TempDir Path directory) throws IOException {
    Path real = Files.createDirectory(directory.resolve("dump"));
    Path other = Files.createSymbolicLink(directory.resolve("other"), real);

    assertThatThrownBy(() ->
            read(
                COMMON
                    + """
                    - {name: a, prefix: /a, sink: 'file:%s'}
                    - {name: b, prefix: /b, sink: 'file:%s?keep=1d'}
                    """
                        .formatted(real, other)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("links 'a' and 'b' would both store their index in");
  }

  @Test
  void linksOfOneNameInDifferentSinksMayShareAKey() throws IOException {
    LinkList list =
        read(
            COMMON
                + """
                - {name: a, prefix: /a, checkpoint-key: /k}
                - {name: b, prefix: /b, checkpoint-key: /k, sink: 'v3:http://c:1'}
                """);

    assertThat(list.all()).hasSize(2);
  }

  @Test
  void valuesAreTheSameWhereverTheyStand() throws IOException {
    Values own = read(COMMON + "- {name: a, prefix: /a, ttl: copy}").all().get(0).values();
    Values inherited = read(COMMON + "- {name: a, prefix: [/a]}").all().get(0).values();
    Values other = read(COMMON + "- {name: a, prefix: [/a, /b]}").all().get(0).values();
    Values otherPages =
        read(COMMON + "- {name: a, prefix: /a}", "--http=127.0.0.1:0").all().get(0).values();

    assertThat(own.isSameLink(inherited)).isTrue();
    assertThat(own.isSameLink(other)).isFalse();
    assertThat(own.isSameLink(otherPages)).isTrue();
  }

  private static String link(Settings settings) {
    return String.valueOf(settings.link() == null ? null : settings.link().text());
  }

  private static Map<String, String> none() {
    return Map.of();
  }

  private String[] args(String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--config", file.toString()));
    return args.toArray(String[]::new);
  }

  private LinkList read(String content, String... more) throws IOException {
    Files.writeString(file, content);
    return LinkList.read(TestSettings.parse(args(more)), none());
  }
}
