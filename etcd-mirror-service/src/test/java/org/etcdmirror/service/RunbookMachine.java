package org.etcdmirror.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.testkit.fault.JavaCommand;

/**
 * Executes the commands of a runbook as they stand, by bash. Names of machines, ports and paths are
 * replaced. {@code etcd-mirror} in its PATH is this build, and {@code systemctl} starts and stops
 * what the unit would.
 */
final class RunbookMachine implements AutoCloseable {

  private static final Pattern UNIT =
      Pattern.compile("systemctl (enable|disable) --now etcd-mirror@(\\S+)");

  /** These end with 3 if there is something to read. */
  private static final Pattern REPORT = Pattern.compile("etcd-mirror (doctor|plan) .*");

  private final Path home;
  private final Map<String, String> replaced;
  private final Map<String, ServiceProcess> units = new TreeMap<>();

  /**
   * A machine.
   *
   * @param home an empty directory
   * @param replaced what stands on the page, and what stands here for it; the first match wins
   */
  RunbookMachine(Path home, Map<String, String> replaced) throws IOException {
    this.home = home;
    this.replaced = new LinkedHashMap<>(replaced);
    this.replaced.put("/etc/etcd-mirror/", home + "/etc/");
    Files.createDirectory(home.resolve("etc"));
    Path launcher = Files.createDirectory(home.resolve("bin")).resolve("etcd-mirror");
    String java =
        JavaCommand.ofClass(Main.class.getName(), List.of(), "-Xmx64m").stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    Files.writeString(launcher, "#!/bin/sh\nexec " + java + " \"$@\"\n");
    if (!launcher.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + launcher + " executable");
    }
  }

  /** Writes a file of the page. */
  void write(String path, String text) throws IOException {
    Files.writeString(Path.of(here(path)), here(text));
  }

  /** Executes commands one after the other and returns the lines that they printed. */
  List<String> run(List<String> commands) throws IOException, InterruptedException {
    List<String> printed = new ArrayList<>();
    List<String> script = new ArrayList<>();
    for (String command : commands) {
      Matcher unit = UNIT.matcher(command);
      if (unit.matches()) {
        printed.addAll(flush(script));
        switchUnit(unit.group(1).equals("enable"), unit.group(2));
      } else if (REPORT.matcher(command).matches()) {
        printed.addAll(flush(script));
        printed.addAll(bash(command, 0, 3));
      } else {
        script.add(command);
      }
    }
    printed.addAll(flush(script));
    return printed;
  }

  private List<String> flush(List<String> script) throws IOException, InterruptedException {
    if (script.isEmpty()) {
      return List.of();
    }
    List<String> printed = bash(String.join("\n", script), 0);
    script.clear();
    return printed;
  }

  private List<String> bash(String script, Integer... codes)
      throws IOException, InterruptedException {
    Path out = home.resolve("out");
    ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", here(script));
    builder.environment().merge("PATH", home + "/bin:", (path, bin) -> bin + path);
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(PATIENCE.toSeconds(), SECONDS)).as("ends: %s", script).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(out, UTF_8);
    assertThat(process.exitValue()).as("%s%n%s", script, printed).isIn((Object[]) codes);
    return printed.lines().toList();
  }

  private void switchUnit(boolean on, String name) throws IOException, InterruptedException {
    if (on) {
      ServiceProcess service =
          ServiceProcess.start(List.of(), "run", "--config", home + "/etc/" + name + ".yaml");
      assertThat(units.put(name, service)).as("%s was stopped", name).isNull();
      service.awaitLine("status on ");
    } else {
      try (ServiceProcess service = requireNonNull(units.remove(name), name)) {
        service.signal("TERM");
        assertThat(service.exitCode()).as("%s", service.err()).isZero();
      }
    }
  }

  /** The lines "key: value" of the file of a unit. */
  List<String> fileOf(String unit) throws IOException {
    try (Stream<String> lines = Files.lines(home.resolve("etc/" + unit + ".yaml"))) {
      return lines.filter(line -> !line.startsWith("#")).toList();
    }
  }

  /** The only unit that runs. */
  ServiceProcess unit() {
    assertThat(units).hasSize(1);
    return units.values().iterator().next();
  }

  /** The names of the units that run. */
  List<String> units() {
    return List.copyOf(units.keySet());
  }

  private String here(String text) {
    String here = text;
    for (Map.Entry<String, String> word : replaced.entrySet()) {
      here = here.replace(word.getKey(), word.getValue());
    }
    return here;
  }

  @Override
  public void close() throws InterruptedException {
    for (ServiceProcess service : units.values()) {
      service.close();
    }
  }
}
