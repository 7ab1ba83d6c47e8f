package org.etcdmirror.service.http;

import static java.util.stream.Collectors.joining;

import java.util.List;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.report.LinkReport;
import org.etcdmirror.service.report.LinksReport;
import org.etcdmirror.service.report.ProcessReport;

/** The replies about all links of a process together. */
final class ProcessReply {

  private ProcessReply() {}

  /** Says whether the process is worth keeping: while one of its links works or retries. */
  static StatusReply health(LinksReport all) {
    List<LinkReport> ended = all.links().stream().filter(LinkReport::hasEnded).toList();
    boolean alive = ended.size() < all.links().size();
    return StatusReply.text(
        alive ? 200 : 503,
        ended.isEmpty()
            ? "alive"
            : "%d of %d links have ended: %s"
                .formatted(ended.size(), all.links().size(), why(ended)));
  }

  /** Says whether all links are ready; if not, which are not. */
  static StatusReply readiness(LinksReport all) {
    List<LinkReport> rest = all.links().stream().filter(link -> !link.ready()).toList();
    return rest.isEmpty() && !all.links().isEmpty()
        ? StatusReply.text(200, "all links are ready: " + all.links().size())
        : StatusReply.text(
            503,
            "%d of %d links are not ready: %s"
                .formatted(rest.size(), all.links().size(), why(rest)));
  }

  private static String why(List<LinkReport> links) {
    return links.stream()
        .map(link ->
            OneLine.of(link.name(), " ")
                + ": "
                + StatusReply.state(link.status(), LinkPages.base(link.name())))
        .collect(joining("; "));
  }

  static StatusReply status(LinksReport all) {
    return json(Json.of(ProcessReport.of(all)));
  }

  static StatusReply links(LinksReport all) {
    return json(Json.of(all));
  }

  private static StatusReply json(String text) {
    return new StatusReply(200, "application/json", text + "\n");
  }
}
