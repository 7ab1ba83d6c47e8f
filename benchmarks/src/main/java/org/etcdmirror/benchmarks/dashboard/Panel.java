package org.etcdmirror.benchmarks.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A panel of a Grafana dashboard.
 *
 * @param title what it shows
 * @param type how Grafana draws it
 * @param targets what is asked for it
 */
record Panel(String title, String type, List<Target> targets) {

  /**
   * One question of a panel.
   *
   * @param expression in PromQL, without variables
   * @param legend the name of a series, with labels in double braces
   */
  record Target(String expression, String legend) {}

  /** The panels of a file, in their order. */
  static List<Panel> read(Path dashboard) throws IOException {
    List<Panel> panels = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(dashboard.toFile()).path("panels")) {
      List<Target> targets = new ArrayList<>();
      node.path("targets")
          .forEach(target ->
              targets.add(
                  new Target(
                      withoutVariables(target.path("expr").asText()),
                      target.path("legendFormat").asText())));
      if (!targets.isEmpty()) {
        panels.add(new Panel(node.path("title").asText(), node.path("type").asText(), targets));
      }
    }
    return panels;
  }

  /** What Grafana puts in for all links and a pause of a second between two scrapes. */
  private static String withoutVariables(String expression) {
    return expression.replace("$link", ".*").replace("$__rate_interval", "5s");
  }
}
