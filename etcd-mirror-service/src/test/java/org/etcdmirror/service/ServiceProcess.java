package org.etcdmirror.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.etcdmirror.api.internal.ShellWord;
import org.etcdmirror.testkit.fault.JavaCommand;

/** The program in a process of its own, which never outlives the test. */
final class ServiceProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Pattern STATUS = Pattern.compile("status on (http://\\S+)");

  /**
   * A shell has its background jobs ignore SIGINT, and nohup its program SIGHUP, and so do all
   * processes below them, the JVM among them. GNU's env undoes that.
   */
  private static final List<String> WITH_SIGNALS = withSignals("env", "--default-signal=INT,HUP");

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private ServiceProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(collect(process.getInputStream(), out), collect(process.getErrorStream(), err));
  }

  /** Starts it as users do, with plug-in jars behind it on the class path. */
  static ServiceProcess start(List<Path> plugins, String... args) throws IOException {
    List<String> command = new ArrayList<>(WITH_SIGNALS);
    command.addAll(command(plugins, args));
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    return new ServiceProcess(process);
  }

  /** Starts it on a terminal, which shows both of its streams as one output. */
  static ServiceProcess startOnTerminal(List<Path> plugins, String... args) throws IOException {
    String words =
        command(plugins, args).stream().map(ShellWord::of).collect(Collectors.joining(" "));
    ProcessBuilder script = new ProcessBuilder("script", "-qefc", words, "/dev/null");
    script.environment().put("TERM", "xterm");
    return new ServiceProcess(script.start());
  }

  private static List<String> command(List<Path> plugins, String... args) {
    List<String> command =
        new ArrayList<>(JavaCommand.ofClass(Main.class.getName(), plugins, "-Xmx64m"));
    command.addAll(List.of(args));
    return command;
  }

  private static List<String> withSignals(String... prefix) {
    List<String> trial = new ArrayList<>(List.of(prefix));
    trial.add("true");
    try {
      return new ProcessBuilder(trial).start().waitFor() == 0 ? List.of(prefix) : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static Thread collect(InputStream stream, List<String> lines) {
    Thread thread =
        new Thread(() -> {
          try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            reader.lines().forEach(lines::add);
          } catch (IOException e) {
            lines.add("(cannot be read: " + e + ")");
          }
        });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits for a line on the standard error stream. */
  void awaitLine(String part) {
    await(err, part);
  }

  /** Waits for a line on the standard output. */
  void awaitOutput(String part) {
    await(out, part);
  }

  private void await(List<String> lines, String part) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> lines.stream().anyMatch(line -> line.contains(part)) || !process.isAlive(),
            done -> done);
    if (lines.stream().noneMatch(line -> line.contains(part))) {
      throw new AssertionError("ended without '" + part + "': " + lines);
    }
  }

  /** Requests a page of the status server. */
  HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return send(path, HttpRequest.newBuilder());
  }

  /** Requests an action of the status server. */
  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
  }

  private HttpResponse<String> send(String path, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            request.uri(address(path)).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Returns the address of a page of the status server. */
  URI address(String path) {
    awaitLine("status on ");
    Matcher url = STATUS.matcher(String.join("\n", err));
    if (!url.find()) {
      throw new AssertionError("no status server: " + err);
    }
    return URI.create(url.group(1) + path);
  }

  /** Sends a signal: TERM, INT or HUP. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("cannot send SIG" + name);
    }
  }

  /** Waits for its end. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), SECONDS)) {
      throw new AssertionError("does not end: " + err);
    }
    for (Thread reader : readers) {
      reader.join(PATIENCE.toMillis());
    }
    return process.exitValue();
  }

  List<String> out() {
    return out;
  }

  List<String> err() {
    return err;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(PATIENCE.toSeconds(), SECONDS);
  }
}
