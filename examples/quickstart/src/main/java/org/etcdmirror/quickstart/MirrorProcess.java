package org.etcdmirror.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real etcd-mirror.jar in a process of its own, which does not outlive this one. */
public final class MirrorProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern STATUS = Pattern.compile("status on (http://\\S+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Process process;
  private final Thread reaper;
  private final URI status;

  private MirrorProcess(Process process) throws InterruptedException {
    this.process = process;
    this.reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    Thread reader = new Thread(this::collectLog, "mirror-log");
    reader.setDaemon(true);
    reader.start();
    Waiting.until("the mirror serves its status", () -> !process.isAlive() || url().isPresent());
    this.status =
        URI.create(url().orElseThrow(() -> new QuickstartException("the mirror ended: " + log)))
            .resolve("/status");
  }

  /**
   * Starts {@code etcd-mirror run} and returns as soon as it serves its status.
   *
   * @param options what it mirrors: the source, the sink, the prefix and the like
   */
  public static MirrorProcess start(Path jar, List<String> options) throws InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx128m", "-jar", jar.toString()));
    command.addAll(List.of("run", "--http", "127.0.0.1:0"));
    command.addAll(options);
    try {
      return new MirrorProcess(
          new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + java, e);
    }
  }

  private void collectLog() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
      }
    } catch (IOException e) {
      log.add("(cannot be read: " + e + ")");
    }
  }

  private Optional<String> url() {
    return log.stream().map(STATUS::matcher).filter(Matcher::find).map(m -> m.group(1)).findFirst();
  }

  /** The content of its page /status. */
  public JsonNode status() {
    try {
      HttpRequest request = HttpRequest.newBuilder(status).timeout(PATIENCE).build();
      return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new QuickstartException("the mirror does not answer: " + e + "; its log: " + log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuickstartException("interrupted");
    }
  }

  /** The last line of its log with these words, without the time and the level. */
  public String logLine(String words) {
    return log.stream()
        .filter(line -> line.contains(words))
        .reduce((first, second) -> second)
        .map(line -> line.replaceFirst("^\\S+ +[A-Z]+ +", ""))
        .orElse("(nothing)");
  }

  /** Ends it as an init system does, with SIGTERM, and returns its exit code. */
  public int stop() throws InterruptedException {
    // Process.destroy() would do the same, but close the log as well.
    process.toHandle().destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new QuickstartException("the mirror does not end; its log: " + log);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
    } catch (IllegalStateException e) {
      // This process is ending already, and the hook does the same.
      return;
    }
  }
}
