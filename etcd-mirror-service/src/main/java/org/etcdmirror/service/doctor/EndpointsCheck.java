package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SourceHead;

/** Whether each endpoint serves the API, and all of them are one cluster. */
record EndpointsCheck(Side side) implements Check {

  @Override
  public String name() {
    return side.name() + " endpoints";
  }

  @Override
  public void run(Findings findings) throws InterruptedException {
    Map<String, SourceHead> heads = new LinkedHashMap<>();
    Map<String, Exception> failures = new LinkedHashMap<>();
    for (String endpoint : side.endpoints()) {
      try (EventSource source = side.reader(endpoint)) {
        heads.put(endpoint, source.head(side.selection()));
      } catch (IOException | PermanentException e) {
        failures.put(endpoint, e);
      }
    }
    heads.forEach((endpoint, head) ->
        findings.ok(
            "%s serves %s: cluster %s, index %d"
                .formatted(endpoint, api(), head.clusterId(), head.index())));
    failures.forEach((endpoint, why) -> addFailure(findings, endpoint, why, heads.isEmpty()));
    addClusters(findings, heads);
  }

  private String api() {
    return side.isV2() ? "v2" : "v3";
  }

  /** A link works as long as one endpoint does. */
  private static void addFailure(
      Findings findings, String endpoint, Exception failure, boolean isLast) {
    String why = String.valueOf(failure.getMessage());
    String text = why.contains(endpoint) ? why : endpoint + ": " + why;
    // What a server has refused says itself what to do.
    String remedy =
        failure instanceof PermanentException
            ? ""
            : "correct the address, or repair the network or the server";
    if (isLast) {
      findings.problem(text, remedy);
    } else {
      findings.warning(text, remedy);
    }
  }

  private static void addClusters(Findings findings, Map<String, SourceHead> heads) {
    Map<String, List<String>> endpoints =
        heads.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.getValue().clusterId(),
                    LinkedHashMap::new,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    if (endpoints.size() > 1) {
      findings.problem(
          "the endpoints are of %d clusters: %s".formatted(endpoints.size(), endpoints),
          "name endpoints of one cluster");
    }
  }
}
