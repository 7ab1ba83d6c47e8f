package org.etcdmirror.service.command;

import java.io.IOException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.config.AmountOption;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.report.ReportText;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares both sides. */
@Command(
    name = "verify",
    description =
        "Compares both sides, also beside a running service. Changes nothing. Exit code 3 if they "
            + "are not equal.")
public final class VerifyCommand extends LinkCommand {

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "20",
      description = "The most differences to name. Default: ${DEFAULT-VALUE}.")
  private String samples = "";

  @Mixin private AtOption at = new AtOption();

  VerifyCommand() {
    super(CommandKind.VERIFY);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    int most = (int) Math.min(Integer.MAX_VALUE, AmountOption.count(given(), 0));
    Link link = LinkFactory.create(settings(), at.given());
    link.requireReadableSink();
    try (EtcdMirror mirror = link.mirror()) {
      VerifyReport report = verify(mirror);
      print(json ? Json.of(report, most) : ReportText.of(report, most));
      return report.isEqual() ? Outcome.EQUAL : Outcome.DIFFERENT;
    }
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static VerifyReport verify(EtcdMirror mirror) throws IOException, InterruptedException {
    try (ProgressWatch watch = ProgressWatch.forPerson(mirror)) {
      return mirror.verify();
    }
  }

  private Given given() {
    return Given.onCommandLine("samples", samples);
  }
}
