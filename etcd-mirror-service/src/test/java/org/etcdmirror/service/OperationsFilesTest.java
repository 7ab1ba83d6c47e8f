package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules and the dashboard name what a running service really serves. */
@Timeout(300)
class OperationsFilesTest {

  private static final Path RULES = Path.of("..", "ops", "prometheus");
  private static final Path DASHBOARDS = Path.of("..", "ops", "grafana");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** A metric of ours, and the labels that are compared with it. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(etcd_?mirror_[a-z_]+)(?:\\{([^}]*)})?");

  /** A label with one value, or with values that are separated by a bar. */
  private static final Pattern LABEL = Pattern.compile("([a-z]+)=~?\"([a-z|]+)\"");

  private static List<Path> files(Path directory, String ending) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Each expression of the files, with where it is. */
  private static TreeMap<String, String> expressions() throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    for (Path file : files(RULES, ".yaml")) {
      for (JsonNode group : YAML.readTree(file.toFile()).path("groups")) {
        group
            .path("rules")
            .forEach(rule ->
                found.put(
                    file.getFileName() + ": " + rule.path("alert").asText(),
                    rule.path("expr").asText()));
      }
    }
    for (Path file : files(DASHBOARDS, ".json")) {
      for (JsonNode panel : JSON.readTree(file.toFile()).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          found.put(
              "%s: %s %s"
                  .formatted(
                      file.getFileName(),
                      panel.path("title").asText(),
                      target.path("refId").asText()),
              target.path("expr").asText());
        }
      }
    }
    return found;
  }

  /** What of an expression is in no line of a scrape. */
  private static List<String> missing(String expression, List<String> scrape) {
    List<String> missing = new ArrayList<>();
    Matcher metric = METRIC.matcher(expression);
    while (metric.find()) {
      String name = metric.group(1);
      List<String> series =
          scrape.stream()
              .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
              .toList();
      if (series.isEmpty()) {
        missing.add(name);
      }
      Matcher label = LABEL.matcher(metric.group(2) == null ? "" : metric.group(2));
      while (label.find()) {
        for (String value : label.group(2).split("\\|")) {
          String text = label.group(1) + "=\"" + value + "\"";
          if (series.stream().noneMatch(line -> line.contains(text))) {
            missing.add(name + "{" + text + "}");
          }
        }
      }
    }
    return missing;
  }

  @Test
  void rulesAndDashboardNameOnlyMetricsThatServiceServes(@TempDir Path directory) throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    TestCertificates.Pair machine = certificates.client("machine");
    try (EtcdServer source = EtcdServer.builder().tls(certificates).start();
        EtcdServer sink = EtcdServer.start()) {
      new V3Http(source.clientUrl()).put("/a/1", "1");
      try (ServiceProcess service =
          ServiceProcess.start(
              List.of(),
              "run",
              "--source",
              "v3:" + source.tlsUrl(),
              "--source-cacert",
              certificates.caCert().toString(),
              "--source-cert",
              machine.cert().toString(),
              "--source-key",
              machine.key().toString(),
              "--sink",
              "v3:" + sink.clientUrl(),
              "--prefix",
              "/a/",
              "--http",
              "127.0.0.1:0")) {
        service.awaitLine("-> FOLLOWING");
        List<String> scrape = service.page("/metrics").body().lines().toList();
        TreeMap<String, String> expressions = expressions();
        assertThat(expressions).hasSizeGreaterThan(30);
        TreeMap<String, List<String>> unknown = new TreeMap<>();
        expressions.forEach((where, expression) -> {
          List<String> missing = missing(expression, scrape);
          if (!missing.isEmpty()) {
            unknown.put(where, missing);
          }
        });
        assertThat(unknown).isEmpty();
      }
    }
  }

  @Test
  void runbooksOfAlertsAreHeadingsOfTheDocumentation() throws Exception {
    List<String> headings = Files.readAllLines(Path.of("..", "docs", "operations.md"));
    List<String> anchors =
        headings.stream()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3).toLowerCase().replaceAll("[^a-z0-9 -]", ""))
            .map(line -> "docs/operations.md#" + line.replace(' ', '-'))
            .toList();
    for (Path file : files(RULES, ".yaml")) {
      for (JsonNode group : YAML.readTree(file.toFile()).path("groups")) {
        for (JsonNode rule : group.path("rules")) {
          assertThat(rule.at("/annotations/runbook").asText())
              .as(rule.path("alert").asText())
              .isIn(anchors);
        }
      }
    }
  }

  @Test
  void missingMetricOrLabelIsFound() {
    List<String> scrape = List.of("etcd_mirror_state{link=\"l\",state=\"failed\"} 0.0");
    assertThat(missing("etcd_mirror_state{state=\"failed\"} == 1", scrape)).isEmpty();
    assertThat(missing("etcd_mirror_state{state=~\"failed|lost\"}", scrape))
        .containsExactly("etcd_mirror_state{state=\"lost\"}");
    assertThat(missing("rate(etcd_mirror_stat[1h])", scrape)).containsExactly("etcd_mirror_stat");
  }
}
