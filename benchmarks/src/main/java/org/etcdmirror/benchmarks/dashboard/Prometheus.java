package org.etcdmirror.benchmarks.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;

/** A Prometheus that reads one service each second. For one thread. */
final class Prometheus implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;
  private final Program program;

  private Prometheus(URI url, Program program) {
    this.url = url;
    this.program = program;
  }

  /**
   * Starts it.
   *
   * @param binary the program
   * @param directory an empty one, for its configuration and its data
   * @param service the port of the service
   */
  static Prometheus start(String binary, Path directory, int service) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yaml"),
            """
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: etcd-mirror
                static_configs:
                  - targets: ['127.0.0.1:%d']
            """
                .formatted(service));
    int port = FreePort.take();
    return new Prometheus(
        URI.create("http://127.0.0.1:" + port),
        Program.start(
            List.of(
                binary,
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)));
  }

  /** Whether it answers. */
  boolean isReady() throws InterruptedException, UnusableException {
    program.mustRun();
    try {
      return http.send(
                  HttpRequest.newBuilder(url.resolve("/-/ready")).build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /**
   * The values of an expression, one a second.
   *
   * @param from the first second, since 1970
   * @param to the last one
   */
  List<Series> range(String expression, long from, long to)
      throws IOException, InterruptedException {
    String query =
        "/api/v1/query_range?step=1&start=%d&end=%d&query=%s"
            .formatted(from, to, URLEncoder.encode(expression, StandardCharsets.UTF_8));
    JsonNode answer =
        JSON.readTree(
            http.send(HttpRequest.newBuilder(url.resolve(query)).build(), BodyHandlers.ofString())
                .body());
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException("Prometheus refuses '%s': %s".formatted(expression, answer));
    }
    List<Series> all = new ArrayList<>();
    answer.at("/data/result").forEach(result -> all.add(series(result)));
    return all;
  }

  private static Series series(JsonNode result) {
    Map<String, String> labels = new LinkedHashMap<>();
    result
        .path("metric")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    List<Series.Point> points = new ArrayList<>();
    for (JsonNode point : result.path("values")) {
      points.add(new Series.Point(point.get(0).asDouble(), number(point.get(1).asText())));
    }
    return new Series(labels, points);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  @Override
  public void close() {
    program.close();
  }
}
