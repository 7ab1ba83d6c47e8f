package org.etcdmirror.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etcdmirror.benchmarks.workload.Measure;

/** A report with the figures of each turn, for programs and for the next run. */
public final class JsonReport {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonReport() {}

  /** The JSON. */
  static String of(Report report) {
    ObjectNode root = JSON.createObjectNode().put("mode", report.mode());
    ArrayNode workloads = root.putArray("workloads");
    for (Measured measured : report.measured()) {
      Results results = measured.results();
      ObjectNode workload = workloads.addObject().put("name", results.workload());
      Run run = measured.run();
      workload.put("date", run.date().toString()).put("version", run.version());
      workload.put("runs", run.turns()).set("machine", machine(run.machine()));
      ArrayNode contestants = workload.putArray("contestants");
      for (String contestant : results.contestants()) {
        add(contestants.addObject().put("name", contestant), results, contestant);
      }
    }
    try {
      return JSON.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode machine(Machine machine) {
    return JSON.createObjectNode()
        .put("processors", machine.processors())
        .put("memory", machine.memory())
        .put("system", machine.system())
        .put("java", machine.java())
        .put("etcd", machine.etcd())
        .put("load", machine.load());
  }

  private static void add(ObjectNode node, Results results, String contestant) {
    ArrayNode measures = node.putArray("measures");
    for (Measure measure : results.measures()) {
      results
          .median(contestant, measure)
          .ifPresent(median ->
              measures
                  .addObject()
                  .put("name", measure.title())
                  .put("unit", measure.unit())
                  .put("median", median)
                  .set("turns", JSON.valueToTree(results.figures(contestant, measure))));
    }
    node.set("failures", JSON.valueToTree(results.failures(contestant)));
  }

  /** The report that a former run left; an empty one if there is none. */
  public static Report read(String mode, Path directory) throws IOException {
    Path file = file(mode, directory);
    List<Measured> measured = new ArrayList<>();
    if (Files.exists(file)) {
      for (JsonNode workload : JSON.readTree(file.toFile()).path("workloads")) {
        measured.add(new Measured(run(workload), results(workload)));
      }
    }
    return new Report(mode, measured);
  }

  static Path file(String mode, Path directory) {
    return directory.resolve(mode + ".json");
  }

  private static Run run(JsonNode workload) {
    JsonNode machine = workload.path("machine");
    return new Run(
        Instant.parse(workload.path("date").asText()),
        workload.path("version").asText(),
        workload.path("runs").asInt(),
        new Machine(
            machine.path("processors").asText(),
            machine.path("memory").asText(),
            machine.path("system").asText(),
            machine.path("java").asText(),
            machine.path("etcd").asText(),
            machine.path("load").asDouble()));
  }

  private static Results results(JsonNode workload) {
    Results results = new Results(workload.path("name").asText());
    for (JsonNode contestant : workload.path("contestants")) {
      String name = contestant.path("name").asText();
      results.take(name);
      for (JsonNode measure : contestant.path("measures")) {
        measure(measure.path("name").asText())
            .ifPresent(known ->
                measure
                    .path("turns")
                    .forEach(turn -> results.add(name, Map.of(known, turn.asDouble()))));
      }
      contestant.path("failures").forEach(reason -> results.addFailure(name, reason.asText()));
    }
    return results;
  }

  private static Optional<Measure> measure(String title) {
    return Arrays.stream(Measure.values()).filter(each -> each.title().equals(title)).findFirst();
  }
}
