package org.etcdmirror.service;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands of docs/replace-etcdmirror.md do what the page says. */
@Timeout(600)
@EtcdTest
class ReplaceDocTest {

  private static final Pattern OPTION = Pattern.compile("--?[a-z][a-z-]*");

  private List<String> doc = List.of();

  @BeforeEach
  void read() throws IOException {
    doc = Files.readAllLines(Path.of("..", "docs", "replace-etcdmirror.md"));
  }

  @Test
  void everyArgumentHasARow() {
    Set<String> documented = new TreeSet<>();
    doc.stream()
        .filter(line -> line.startsWith("| `-"))
        .map(line -> line.split("\\|", -1)[1])
        .forEach(cell ->
            OPTION.matcher(cell).results().map(MatchResult::group).forEach(documented::add));

    assertThat(documented).isEqualTo(options());
  }

  private static Set<String> options() {
    return requireNonNull(Main.commandLine().getSubcommands().get("etcdmirror"))
        .getCommandSpec()
        .options()
        .stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .flatMap(option -> Stream.of(option.names()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void commandsLeadFromTheOldProgramToThisOne(EtcdServer a, EtcdServer c) throws Exception {
    V2Http source = new V2Http(a.clientUrl());
    V2Http target = new V2Http(c.clientUrl());
    OldProgram old = new OldProgram(target, "/__replication/conftool");
    source.put("/conftool/a", "1");
    old.loads("/conftool/a", "1", source.get("/conftool/a", "").modifiedIndex());

    List<List<String>> looks = commands("etcd-mirror ", a, c);
    assertThat(looks)
        .extracting(words -> words.get(0))
        .containsExactly("doctor", "index", "verify");
    assertThat(run(looks.get(0)).code()).as("0 or warnings").isIn(0, 3);
    assertThat(run(looks.get(1)).out()).contains("continues from the stored index");
    assertThat(run(looks.get(2)).code()).isZero();

    List<List<String>> starts = commands("etcdmirror --", a, c);
    assertThat(starts).hasSize(2);
    for (List<String> start : starts) {
      source.put("/conftool/b", String.valueOf(start.size()));
      follow(start, source, target);
      // The writes that etcd makes for itself move its index, too.
      assertThat(old.startsAt())
          .isBetween(source.get("/conftool/b", "").modifiedIndex(), source.index());
    }
  }

  private void follow(List<String> words, V2Http source, V2Http target) throws Exception {
    List<String> start = new ArrayList<>(words);
    start.add(0, "etcdmirror");
    start.addAll(List.of("--port", "0"));
    List<String> pages =
        doc.stream()
            .filter(line -> line.startsWith("    curl ") && line.contains("http://127.0.0.1:8000/"))
            .map(line -> line.substring(line.lastIndexOf('/')))
            .toList();
    assertThat(pages).containsExactly("/readyz", "/lag");
    try (ServiceProcess service = ServiceProcess.start(List.of(), start.toArray(String[]::new))) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(() -> {
            assertThat(target.tree("/conftool")).isEqualTo(source.tree("/conftool"));
            assertThat(service.page(pages.get(0)).body()).startsWith("caught up at index ");
            assertThat(service.page(pages.get(1)).body()).isEqualTo("0\n");
          });
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
    }
  }

  /** The words of each command of the page that begins so, with the addresses of real servers. */
  private List<List<String>> commands(String beginning, EtcdServer a, EtcdServer c) {
    return doc.stream()
        .filter(line -> line.startsWith("    " + beginning))
        .map(line -> line.replace("http://a:2379", a.clientUrl().toString()))
        .map(line -> line.replace("http://c:2379", c.clientUrl().toString()))
        .map(line -> List.of(line.strip().split(" ")))
        .map(words -> words.subList(1, words.size()))
        .toList();
  }

  private static Cli run(List<String> words) {
    return Cli.execute(words.toArray(String[]::new));
  }
}
