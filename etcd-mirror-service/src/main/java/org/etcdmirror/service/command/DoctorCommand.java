package org.etcdmirror.service.command;

import java.time.Duration;
import org.etcdmirror.service.config.AmountOption;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.doctor.Diagnosis;
import org.etcdmirror.service.doctor.Doctor;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.run.LinkFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks both clusters. */
@Command(
    name = "doctor",
    description =
        "Checks both clusters before 'run', with its options: one line for each finding. Changes "
            + "nothing. Exit code 3 for warnings, 1 for problems.")
public final class DoctorCommand extends LinkCommand {

  private static final int ALL_WELL = 0;
  private static final int PROBLEMS = 1;
  private static final int WARNINGS = 3;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long to count the source's events. Default: ${DEFAULT-VALUE}.")
  private String window = "";

  DoctorCommand() {
    super(CommandKind.SERVE);
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration counted = AmountOption.positiveDuration(Given.onCommandLine("window", window));
    Settings settings = settings();
    try (Doctor doctor = new Doctor(settings, LinkFactory.create(settings), counted)) {
      Diagnosis diagnosis = doctor.diagnose();
      print(json ? Json.of(diagnosis) : diagnosis.describe());
      return exitCode(diagnosis);
    }
  }

  private static int exitCode(Diagnosis diagnosis) {
    if (diagnosis.problems() > 0) {
      return PROBLEMS;
    }
    return diagnosis.warnings() > 0 ? WARNINGS : ALL_WELL;
  }
}
