package org.etcdmirror.service.command;

import java.io.IOException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.report.ReportText;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what a resync would do. */
@Command(
    name = "plan",
    description = "Tells what a resync would do now, and changes nothing. 3 if there is something.")
public final class PlanCommand extends LinkCommand {

  @Option(names = "--json", description = "Writes one JSON object.")
  private boolean json;

  PlanCommand() {
    super(CommandKind.PLAN);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Link link = LinkFactory.create(settings());
    link.requireReadableSink();
    try (EtcdMirror mirror = link.mirror()) {
      ResyncPlan plan = mirror.plan();
      print(json ? Json.of(plan) : ReportText.of(plan));
      return plan.isEmpty() ? Outcome.EQUAL : Outcome.DIFFERENT;
    }
  }
}
