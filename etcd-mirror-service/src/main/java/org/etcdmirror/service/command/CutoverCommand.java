package org.etcdmirror.service.command;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.AmountOption;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.http.MirrorActions;
import org.etcdmirror.service.http.ServedMirror;
import org.etcdmirror.service.http.StatusServer;
import org.etcdmirror.service.http.StatusServer.Action;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.run.Lifetime;
import org.etcdmirror.service.run.Link;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.service.run.Records;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Moves the writers from the source to the sink, with a way back. */
@Command(
    name = "cutover",
    description =
        "Mirrors in place of 'run' until the sink is level, waits until the writers are stopped, "
            + "verifies, ends the link for good, and prints the command of the way back.")
public final class CutoverCommand extends LinkCommand {

  private static final Outcome TOO_EARLY =
      Outcome.failed("stopped before the cut-over was done; run the command again to continue");

  @Option(
      names = "--drained",
      description = "The writers are stopped already: does not wait for POST /drained.")
  private boolean drained;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5m",
      description = "How long the sink may take for the last changes. Default: ${DEFAULT-VALUE}.")
  private String timeout = "";

  CutoverCommand() {
    super(CommandKind.FOLLOW);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration patience = AmountOption.positiveDuration(Given.onCommandLine("timeout", timeout));
    Settings settings = settings();
    if (settings.http() == null && !drained) {
      throw settings.values().one(LinkOption.HTTP).wrong("none needs --drained");
    }
    LinkFactory.requireLiveSource(settings);
    Link link = LinkFactory.create(settings);
    link.requireReadableSink();
    Settings wayBack = ReverseLink.of(settings, link.scope());
    LinkFactory.requireLiveSource(wayBack);
    Link back = LinkFactory.create(wayBack);
    boolean isEnded = isEnded(link);
    Records records = Records.open(link);
    EtcdMirror mirror = records.mirror();
    Drain drain = new Drain(mirror);
    StatusServer server =
        ServedMirror.start(settings, mirror, actions(mirror, records, drain), records);
    return Lifetime.spend(
        mirror,
        TOO_EARLY,
        () -> {
          try (back) {
            if (!isEnded) {
              bringLevel(mirror, drain, link, server);
            }
            print(cutover(mirror, back).run(patience).describe());
          } finally {
            if (server != null) {
              server.close();
            }
          }
          print("the writers may use %s now; to go back, run:".formatted(settings.sink().text()));
          print(ReverseLink.command(wayBack));
          return Outcome.DONE;
        });
  }

  /** Returns whether an earlier attempt has ended the link already. */
  private static boolean isEnded(Link link) throws IOException, InterruptedException {
    return link.store().load().filter(Cutover::hasEnded).isPresent();
  }

  private static Map<String, Action> actions(EtcdMirror mirror, Records records, Drain drain) {
    Map<String, Action> actions = MirrorActions.of(mirror, records.dumps());
    actions.put("/drained", ignored -> drain.asked());
    return actions;
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static void awaitLevel(EtcdMirror mirror, Drain drain) throws InterruptedException {
    try (ProgressWatch watch = ProgressWatch.forPerson(mirror)) {
      drain.awaitLevel();
    }
  }

  private void bringLevel(EtcdMirror mirror, Drain drain, Link link, @Nullable StatusServer server)
      throws InterruptedException {
    mirror.start();
    awaitLevel(mirror, drain);
    if (!drained && server != null) {
      print(
          "level at index %d: stop the writers of %s, then run: %s"
              .formatted(
                  mirror.status().index(),
                  link.label(),
                  link.settings().pageAccess().postCommand(server.url() + "/drained")));
      drain.awaitAsked();
    }
  }

  private static Cutover cutover(EtcdMirror mirror, Link back) {
    return Cutover.builder()
        .mirror(mirror)
        .newSource(back.source())
        .reverseStore(back.store())
        .build();
  }
}
