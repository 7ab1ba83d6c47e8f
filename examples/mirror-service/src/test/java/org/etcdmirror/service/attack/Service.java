package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

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

/** The service in a process of its own with a heap of 64 MiB, and what can be measured of it. */
final class Service implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAGE_PATIENCE = Duration.ofSeconds(10);
  private static final Pattern STATUS = Pattern.compile("status on (http://\\S+)");

  /** A line of its log, and when it came by the clock of {@link System#nanoTime}. */
  record Line(long nanos, String text) {}

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Line> lines = new ArrayList<>();
  private final Thread reader;

  private Service(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "log");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it from the jar that {@code -Dattack.jar} names, else from this class path. */
  static Service start(List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // One compiler alone: less of its work is left when the measurement begins.
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    String jar = System.getProperty("attack.jar", "");
    if (jar.isEmpty()) {
      String path = System.getProperty("java.class.path");
      command.addAll(List.of("-cp", path, "org.etcdmirror.service.Main"));
    } else {
      command.addAll(List.of("-jar", jar));
    }
    command.addAll(args);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new Service(process);
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

  /** How many lines there are by now. */
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

  /** Its resident memory in MiB; -1 where the system does not tell or it has ended. */
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

  boolean runs() {
    return process.isAlive();
  }

  /** What a page says. */
  HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(url().resolve(path)).timeout(PAGE_PATIENCE).build(),
        BodyHandlers.ofString());
  }

  /** Where its pages are; waits until the log tells. */
  synchronized URI url() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && (runs() || reader.isAlive())) {
      for (Line line : lines) {
        Matcher url = STATUS.matcher(line.text());
        if (url.find()) {
          return URI.create(url.group(1));
        }
      }
      TimeUnit.MILLISECONDS.timedWait(this, 200);
    }
    throw new AssertionError("no status server: " + lines);
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

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
