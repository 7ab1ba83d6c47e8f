package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.testkit.fault.JavaCommand;
import org.jspecify.annotations.Nullable;

/**
 * The service as a program of its own, from the jar of {@code -Dsoak.jar}, else from this class
 * path.
 */
final class MirrorProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Pattern PAGES = Pattern.compile("status on (http://\\S+)");

  private final Child child;
  private final HttpClient http;
  private @Nullable URI pages;

  private MirrorProcess(Child child, HttpClient http) {
    this.child = child;
    this.http = http;
  }

  static MirrorProcess start(
      Path log, HttpClient http, Map<String, String> environment, List<String> args)
      throws IOException {
    return new MirrorProcess(Child.start(log, environment, command(args)), http);
  }

  /** Runs a command that ends by itself, and tells its exit code. */
  static int exitCode(Path log, List<String> args, Duration patience)
      throws IOException, InterruptedException {
    try (Child child = Child.start(log, Map.of(), command(args))) {
      return child.ends(patience) ? child.exitCode() : -1;
    }
  }

  private static List<String> command(List<String> args) {
    String jar = System.getProperty("soak.jar", "");
    List<String> command = JavaCommand.ofJar(jar, "org.etcdmirror.service.Main", "-Xmx96m");
    command.addAll(args);
    return command;
  }

  Child child() {
    return child;
  }

  /** The last line that it logged. */
  private String lastLine() throws IOException {
    List<String> lines = child.said().lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /** Counts an end that nobody asked for, by what it said. */
  void countEnd(Tally tally) throws IOException {
    tally.count("mirrors ended by themselves", child.exitCode() + " " + reason(lastLine()));
  }

  /** A line without what differs each time. */
  private static String reason(String line) {
    return line.replaceAll("\\S*\\d\\S*", "N").replaceAll("(N )+", "N ");
  }

  /** Its status; null while it does not answer. */
  @Nullable JsonNode status() throws InterruptedException {
    try {
      URI found = pages();
      if (found == null) {
        return null;
      }
      HttpRequest request =
          HttpRequest.newBuilder(found.resolve("/status")).timeout(PATIENCE).build();
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return V3Gateway.JSON.readTree(body);
    } catch (IOException notNow) {
      return null;
    }
  }

  /** Says yes to what waits for a person; whether it was taken. */
  boolean approve(String token) throws InterruptedException {
    try {
      URI found = pages();
      if (found == null) {
        return false;
      }
      HttpRequest request =
          HttpRequest.newBuilder(found.resolve("/approve?plan=" + token))
              .timeout(PATIENCE)
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException notNow) {
      return false;
    }
  }

  private @Nullable URI pages() throws IOException {
    if (pages == null) {
      Matcher line = PAGES.matcher(child.said());
      if (line.find()) {
        pages = URI.create(line.group(1));
      }
    }
    return pages;
  }

  @Override
  public void close() throws InterruptedException {
    child.close();
  }
}
