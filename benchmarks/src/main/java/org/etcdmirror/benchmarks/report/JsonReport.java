package org.etcdmirror.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.etcdmirror.benchmarks.workload.Measure;

/** A run with the figures of each turn, for programs. */
public final class JsonReport {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonReport() {}

  /** The JSON. */
  public static String of(Report report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("mode", report.mode()).put("runs", report.runs());
    root.put("date", report.date().toString()).put("version", report.version());
    root.set("machine", JSON.valueToTree(report.machine()));
    ArrayNode workloads = root.putArray("workloads");
    for (Results results : report.results()) {
      ObjectNode workload = workloads.addObject().put("name", results.workload());
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
}
