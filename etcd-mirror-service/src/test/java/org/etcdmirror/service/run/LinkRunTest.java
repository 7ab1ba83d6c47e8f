package org.etcdmirror.service.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.service.PluginJar;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.config.UsageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The links of a process, on a plug-in in memory. */
@Timeout(120)
class LinkRunTest {

  private static final String QUIET = "{name: quiet, prefix: /conftool, source: 'tiny:quiet'}";
  private static final String DENIED = "{name: denied, prefix: /conftool, source: 'tiny:denied'}";
  private static final String HANGING =
      "{name: hanging, prefix: /conftool, source: 'tiny:hanging'}";

  private final Path file;
  private final Path plugins;
  private final Path reports;
  private final SystemdNotifier systemd;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private @Nullable LinkRun links;

  LinkRunTest(@TempDir Path directory) throws IOException {
    file = directory.resolve("links.yaml");
    reports = directory.resolve("reports");
    plugins = Files.createDirectory(directory.resolve("plugins"));
    PluginJar.in(plugins);
    Path program = directory.resolve("systemd-notify");
    Files.writeString(program, "#!/bin/sh\nprintf '%%s\\n' \"$*\" >>'%s'\n".formatted(reports));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    systemd =
        SystemdNotifier.of(program.toString(), Map.of("NOTIFY_SOCKET", "/run/notify"), PATIENCE);
  }

  @AfterEach
  void close() {
    if (links != null) {
      links.close();
    }
    systemd.close();
  }

  @Test
  void allFailuresEndTheRunAndNameEachLink() throws Exception {
    CompletableFuture<Outcome> end = start(DENIED, DENIED.replace("denied,", "other,"));

    assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(
            new Outcome(
                1,
                "etcd-mirror: link 'denied': source: reading is forbidden; "
                    + "link 'other': source: reading is forbidden"));
  }

  @Test
  void failedLinkStaysWhileAnotherRuns() throws Exception {
    CompletableFuture<Outcome> end = start(QUIET, DENIED);
    await().atMost(PATIENCE).until(() -> states().contains(MirrorState.FAILED));

    assertThat(states()).hasSize(2);
    assertThat(end).isNotDone();
  }

  @Test
  void closeEndsTheRunWithoutAFailure() throws Exception {
    CompletableFuture<Outcome> end = start(QUIET, HANGING);
    await().atMost(PATIENCE).until(() -> states().size() == 2);

    running().close();

    assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Outcome.DONE);
    assertThat(states()).containsOnly(MirrorState.STOPPED);
  }

  @Test
  void reloadTellsTheListenersInOrder() throws Exception {
    start(QUIET, HANGING);
    write(QUIET, HANGING.replace("hanging,", "new,"));

    running().reload();

    awaitTold(
        "added quiet", "added hanging", "reloading", "removed hanging", "added new", "reloaded");
  }

  @Test
  void reloadOfAWrongFileTellsTheReason() throws Exception {
    start(QUIET);
    write(QUIET, HANGING.replace("tiny:hanging", "tiny:none"));

    running().reload();

    awaitTold(
        "added quiet",
        "refused --config " + file + ": link 'hanging': source: 'none' is no tiny source");
    assertThat(states()).hasSize(1);
  }

  @Test
  void reloadRefusesAPluginThatLacksAClass() throws Exception {
    CompletableFuture<Outcome> end = start(QUIET);
    write(QUIET, HANGING.replace("tiny:hanging", "tiny:unlinked"));

    running().reload();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(told)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("refused ")
                .contains("link 'hanging': source: ", "com/example/Missing", "--plugins"));
    assertThat(states()).hasSize(1);
    assertThat(end).isNotDone();
  }

  @Test
  void reloadLoadsNoPluginTwice() throws Exception {
    write(QUIET, HANGING);

    assertThat(loaders(read(), read())).hasSize(1);
  }

  private static Set<ClassLoader> loaders(LinkList... lists) {
    return Stream.of(lists)
        .flatMap(list -> list.all().stream())
        .map(link -> link.providers().source(link.source()).getClass().getClassLoader())
        .collect(Collectors.toSet());
  }

  @Test
  void reloadAfterTheCloseStartsNothing() throws Exception {
    write(QUIET);
    LinkRun run = new LinkRun(read(), this::read, systemd, listener());
    links = run;
    run.close();
    write(QUIET, HANGING);
    run.reload();

    assertThat(run.run()).isEqualTo(Outcome.DONE);
    assertThat(run.statuses()).isEmpty();
  }

  @Test
  void wrongLinkIsNamedAtTheStart() throws IOException {
    write(QUIET, HANGING.replace("/conftool", "conftool"));

    assertThatThrownBy(() -> new LinkRun(read(), this::read, systemd))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--config " + file + ": link 'hanging': prefix: ");
  }

  @Test
  void systemdIsToldWhichLinksDoNotFollow() throws Exception {
    start(QUIET, HANGING);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(lastReport()).endsWith("1 of 2 links follow; not yet: hanging CONNECTING"));
    List<String> all = Files.readAllLines(reports);
    assertThat(all.get(0)).startsWith("READY=1 STATUS=");
    assertThat(all.subList(1, all.size())).noneMatch(line -> line.contains("READY"));
  }

  @Test
  void systemdIsNotToldThatTheServiceStopsWhileALinkIsReplaced() throws Exception {
    Files.writeString(file, "source: tiny:quiet\nsink: tiny:a\nprefix: /conftool\n");
    begin();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(lastReport()).endsWith("FOLLOWING"));
    Files.writeString(file, "source: tiny:hanging\nsink: tiny:a\nprefix: /conftool\n");

    running().reload();

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(lastReport()).endsWith("CONNECTING"));
    assertThat(Files.readAllLines(reports)).noneMatch(line -> line.contains("STOPPING=1"));
    running().close();
    systemd.close();
    assertThat(lastReport()).startsWith("STOPPING=1");
  }

  private LinkRun running() {
    return requireNonNull(links);
  }

  private String lastReport() throws IOException {
    List<String> all = Files.exists(reports) ? Files.readAllLines(reports) : List.of();
    return all.isEmpty() ? "" : all.get(all.size() - 1);
  }

  private List<MirrorState> states() {
    return running().statuses().stream().map(status -> status.state()).toList();
  }

  private void awaitTold(String... expected) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(told).containsExactly(expected));
  }

  private void write(String... all) throws IOException {
    Files.writeString(file, "sink: tiny:memory\nlinks:\n- " + String.join("\n- ", all) + "\n");
  }

  private LinkList read() {
    return LinkList.read(
        TestSettings.parse("--config", file.toString(), "--plugins", plugins.toString()), Map.of());
  }

  private CompletableFuture<Outcome> start(String... all) throws IOException {
    write(all);
    return begin();
  }

  private CompletableFuture<Outcome> begin() {
    LinkRun run = new LinkRun(read(), this::read, systemd, listener());
    links = run;
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> {
          try {
            end.complete(run.run());
          } catch (InterruptedException | RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private LinkRunListener listener() {
    return new LinkRunListener() {
      @Override
      public void onAdded(RunningLink link) {
        told.add("added " + link.name());
      }

      @Override
      public void onRemoved(RunningLink link) {
        told.add("removed " + link.name());
      }

      @Override
      public void onReloading() {
        told.add("reloading");
      }

      @Override
      public void onReload(@Nullable String error) {
        told.add(error == null ? "reloaded" : "refused " + error);
      }
    };
  }
}
