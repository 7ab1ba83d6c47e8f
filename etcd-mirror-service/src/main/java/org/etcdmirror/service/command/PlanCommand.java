package org.etcdmirror.service.command;

import java.io.IOException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.report.ReportText;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a resync would do. */
@Command(
    name = "plan",
    description =
        "Prints what a resync would do now. Changes nothing. Exit code 3 if it would do something.")
public final class PlanCommand extends LinkCommand {

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Mixin private AtOption at = new AtOption();

  PlanCommand() {
    super(CommandKind.PLAN);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Link link = LinkFactory.create(settings(), at.given());
    link.requireReadableSink();
    try (EtcdMirror mirror = link.mirror()) {
      ResyncPlan plan = plan(mirror);
      print(json ? Json.of(plan) : ReportText.of(plan));
      return plan.isEmpty() ? Outcome.EQUAL : Outcome.DIFFERENT;
    }
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static ResyncPlan plan(EtcdMirror mirror) throws IOException, InterruptedException {
    try (ProgressWatch watch = ProgressWatch.forPerson(mirror)) {
      return mirror.plan();
    }
  }
}
