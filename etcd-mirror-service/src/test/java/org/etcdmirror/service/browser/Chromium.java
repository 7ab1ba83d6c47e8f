package org.etcdmirror.service.browser;

import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium without a window, with a profile of its own, that never outlives the test. */
public final class Chromium implements AutoCloseable {

  private static final String HOW =
      "the browser tests need Chromium: run scripts/install-chromium.sh, or set CHROMIUM_BIN to its"
          + " path";

  /** Nothing is to be looked up or loaded but the pages of the test. */
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars",
          "--remote-debugging-port=0");

  private final Process process;
  private final Path profile;
  private final int port;

  private Chromium(Process process, Path profile, int port) {
    this.process = process;
    this.profile = profile;
    this.port = port;
  }

  /** Starts it and waits until it can be driven. */
  public static Chromium start() throws IOException {
    Path profile = Files.createTempDirectory("chromium");
    List<String> command = new ArrayList<>(List.of(program()));
    command.addAll(FLAGS);
    command.add("--user-data-dir=" + profile);
    command.add("about:blank");
    Path log = profile.resolve("output.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Path ports = profile.resolve("DevToolsActivePort");
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || Files.exists(ports) && Files.size(ports) > 0);
    if (!process.isAlive()) {
      throw new AssertionError("Chromium ended: " + Files.readString(log));
    }
    return new Chromium(process, profile, Integer.parseInt(Files.readAllLines(ports).get(0)));
  }

  private static String program() {
    String named = System.getenv("CHROMIUM_BIN");
    if (named != null && !named.isEmpty()) {
      return named;
    }
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, "chromium"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(() -> new AssertionError(HOW));
  }

  /** Opens a page in a tab of its own. */
  public Tab open(URI page) throws Exception {
    return Tab.open(port, page);
  }

  @Override
  public void close() throws Exception {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().join();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
