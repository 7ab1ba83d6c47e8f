package org.etcdmirror.benchmarks.links;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages that a server has received, by the method of gRPC, as its metrics count them. */
record ServerRequests(Map<String, Double> byMethod) {

  private static final Pattern LINE =
      Pattern.compile("grpc_server_msg_received_total\\{.*grpc_method=\"(\\w+)\".*} (\\S+)");

  static ServerRequests of(URI server) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                server.resolve("/metrics").toURL().openStream(), StandardCharsets.UTF_8))) {
      return read(lines);
    }
  }

  static ServerRequests read(BufferedReader metrics) throws IOException {
    Map<String, Double> found = new TreeMap<>();
    for (String line = metrics.readLine(); line != null; line = metrics.readLine()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        found.merge(matcher.group(1), Double.valueOf(matcher.group(2)), Double::sum);
      }
    }
    return new ServerRequests(found);
  }

  /** How many more there are, for each second. */
  String since(ServerRequests before, double seconds) {
    StringBuilder text = new StringBuilder();
    byMethod.forEach((method, count) -> {
      double rate = (count - before.byMethod.getOrDefault(method, 0.0)) / seconds;
      if (rate >= 0.05) {
        text.append("%s %.1f/s  ".formatted(method, rate));
      }
    });
    return text.toString().strip();
  }
}
