package org.etcdmirror.spring.actuate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Takes metrics by OTLP over HTTP, as a collector does, and decodes them by the messages of
 * OpenTelemetry.
 */
final class OtlpCollector implements AutoCloseable {

  private static final String PATH = "/v1/metrics";

  private final HttpServer server;

  /** The newest of each name. */
  private final Map<String, Metric> metrics = new ConcurrentHashMap<>();

  /** What could not be decoded, or came elsewhere. */
  private final Map<String, String> refused = new ConcurrentHashMap<>();

  private OtlpCollector(HttpServer server) {
    this.server = server;
  }

  static OtlpCollector start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    OtlpCollector collector = new OtlpCollector(server);
    server.createContext("/", collector::answer);
    server.start();
    return collector;
  }

  String url() {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), PATH);
  }

  /** The newest metric of a name, if one has come. */
  Optional<Metric> metric(String name) {
    return Optional.ofNullable(metrics.get(name));
  }

  /** The names of all that have come. */
  Set<String> names() {
    return metrics.keySet();
  }

  Map<String, String> refused() {
    return refused;
  }

  static Map<String, String> labels(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, one -> one.getValue().getStringValue()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (!path.equals(PATH)) {
        refused.put(path, "is no page of a collector");
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      try (InputStream body = body(exchange)) {
        for (ResourceMetrics resource :
            ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList()) {
          for (ScopeMetrics scope : resource.getScopeMetricsList()) {
            scope.getMetricsList().forEach(metric -> metrics.put(metric.getName(), metric));
          }
        }
      } catch (IOException e) {
        refused.put(path, e.toString());
        exchange.sendResponseHeaders(400, -1);
        return;
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static InputStream body(HttpExchange exchange) throws IOException {
    String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    return "gzip".equals(encoding)
        ? new GZIPInputStream(exchange.getRequestBody())
        : exchange.getRequestBody();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
