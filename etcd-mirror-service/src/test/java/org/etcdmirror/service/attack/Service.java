package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.testkit.fault.JavaCommand;

/** The service in a process of its own with a heap of 64 MiB, and what can be measured of it. */
final class Service implements AutoCloseable {

  private static final long POLL_MILLIS = 200;
  private static final Pattern STATUS = Pattern.compile("status on (http://\\S+)");

  /** A line of its log, and its time by the clock of {@link System#nanoTime}. */
  record Line(long nanos, String text) {}

  private final Process process;

  /** The address of its pages; null if the log prints it. */
  private final URI pages;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Line> lines = new ArrayList<>();
  private final Thread reader;
  private final Thread reaper = new Thread(this::kill, "reaper");

  private Service(Process process, URI pages) {
    this.process = process;
    this.pages = pages;
    Runtime.getRuntime().addShutdownHook(reaper);
    this.reader = new Thread(this::read, "log");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it from the jar that {@code -Dattack.jar} names, else from this class path. */
  static Service start(List<String> args) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(args)).redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Service(process, null);
  }

  /**
   * Starts it with a log that goes into a file, on pages at a known place.
   *
   * @param log the file that it logs to; its lines are not collected
   */
  static Service startLoggingTo(Path log, URI pages, List<String> args) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(args)).redirectErrorStream(true);
    return new Service(builder.redirectOutput(log.toFile()).start(), pages);
  }

  private static List<String> command(List<String> args) {
    String jar = System.getProperty("attack.jar", "");
    List<String> command = JavaCommand.ofJar(jar, "org.etcdmirror.service.Main", "-Xmx64m");
    command.addAll(args);
    return command;
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        add(text);
      }
    } catch (IOException e) {
      add("(cannot be read: " + e + ")");
    }
  }

  private synchronized void add(String text) {
    lines.add(new Line(System.nanoTime(), text));
    notifyAll();
  }

  /** The number of lines so far. */
  synchronized int logged() {
    return lines.size();
  }

  /** The lines from a number on. */
  synchronized List<Line> linesFrom(int first) {
    return List.copyOf(lines.subList(Math.min(first, lines.size()), lines.size()));
  }

  /** Processor time since its start, of all its threads. */
  Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Its resident memory in MiB; -1 if the system does not report it or it has ended. */
  long residentMebibytes() {
    try (var fields = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      return fields
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(-1);
    } catch (IOException | UncheckedIOException e) {
      return -1;
    }
  }

  /** Whether it ends within this time. */
  boolean awaitEnd(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean runs() {
    return process.isAlive();
  }

  /** Waits until it answers on its pages; false if it ends before. */
  boolean isListening() throws InterruptedException {
    while (runs()) {
      try {
        page("/status");
        // Else another process answered.
        return runs();
      } catch (IOException e) {
        awaitEnd(Duration.ofMillis(POLL_MILLIS));
      }
    }
    return false;
  }

  /** Requests a page. */
  HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(url().resolve(path)).timeout(PATIENCE).build(),
        BodyHandlers.ofString());
  }

  /** The address of its pages; waits until the log prints it. */
  synchronized URI url() throws InterruptedException {
    if (pages != null) {
      return pages;
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      for (Line line : lines) {
        Matcher url = STATUS.matcher(line.text());
        if (url.find()) {
          return URI.create(url.group(1));
        }
      }
      if (System.nanoTime() > deadline || !reader.isAlive()) {
        throw new AssertionError("no status server: " + lines);
      }
      TimeUnit.MILLISECONDS.timedWait(this, POLL_MILLIS);
    }
  }

  /** Sends SIGTERM and waits; whether it ended in time. */
  boolean terminate(Duration patience) throws InterruptedException {
    // Process.destroy() would close the log as well.
    process.toHandle().destroy();
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Its exit code; it must have ended. */
  int exitCode() throws InterruptedException {
    reader.join(PATIENCE.toMillis());
    return process.exitValue();
  }

  private void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
      process.waitFor();
    } catch (IllegalStateException exiting) {
      // The hook does the same.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
