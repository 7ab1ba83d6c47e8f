package org.etcdmirror.service.command;

import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.run.Lifetime;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.service.run.Records;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Brings the sink level and ends. */
@Command(
    name = "once",
    description =
        "Brings the sink level with the source as it is at the start, and ends. Handles a gap as "
            + "--recovery says.")
public final class OnceCommand extends LinkCommand {

  private static final Outcome TOO_EARLY =
      Outcome.failed("stopped before the sink was level; written keys stay");

  @Mixin private AtOption at = new AtOption();

  OnceCommand() {
    super(CommandKind.COPY);
  }

  @Override
  public Integer call() {
    EtcdMirror mirror = Records.open(LinkFactory.create(settings(), at.given())).mirror();
    return Lifetime.spend(mirror, TOO_EARLY, () -> once(mirror));
  }

  private Outcome once(EtcdMirror mirror) throws InterruptedException {
    ResyncReport report = sync(mirror);
    List<GapRecord> gaps = mirror.status().gaps();
    boolean skipped = !gaps.isEmpty() && gaps.get(gaps.size() - 1).decision() == Decision.SKIP_GAP;
    print(skipped ? gaps.get(gaps.size() - 1).describe() : report.describe());
    return Outcome.DONE;
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static ResyncReport sync(EtcdMirror mirror) throws InterruptedException {
    try (ProgressWatch watch = ProgressWatch.forPerson(mirror)) {
      return mirror.syncOnce();
    }
  }
}
