package org.etcdmirror.service.dropin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.service.command.Version;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.http.MirrorActions;
import org.etcdmirror.service.http.ServedMirror;
import org.etcdmirror.service.http.StatusServer;
import org.etcdmirror.service.log.DebugLog;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.etcdmirror.service.progress.ProgressWatch;
import org.etcdmirror.service.run.Lifetime;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.service.run.Records;
import org.etcdmirror.service.run.SystemdNotifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Mirrors with the arguments of the old program. */
@Command(
    name = "etcdmirror",
    description =
        "Takes the place of the program etcdmirror 0.0.12: its arguments, index, exit codes and "
            + "metrics. See docs/replace-etcdmirror.md.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class EtcdmirrorCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(EtcdmirrorCommand.class);

  @Parameters(index = "0", paramLabel = "SRC", description = "The server to read from.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "DST", description = "The server to write to.")
  private String target = "";

  @Option(
      names = "--src-prefix",
      paramLabel = "PREFIX",
      description = "The prefix to mirror. Default: ${DEFAULT-VALUE}.")
  private String sourcePrefix = "/";

  @Option(
      names = "--strip",
      description = "Replaces the source prefix by the target prefix, instead of prepending it.")
  private boolean strip;

  @Option(
      names = "--dst-prefix",
      paramLabel = "PREFIX",
      description = "The prefix to write to. Default: ${DEFAULT-VALUE}.")
  private String targetPrefix = "/replica";

  @Option(
      names = "--src-ignore-keys-regex",
      paramLabel = "REGEX",
      description = "Leaves out each source key that this pattern of Python matches as a whole.")
  private @Nullable String ignored;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port of the pages, on all addresses. Default: ${DEFAULT-VALUE}.")
  private String port = "8000";

  @Option(
      names = {"-d", "--debug"},
      description = "Logs in detail.")
  private boolean debug;

  @Option(
      names = "--reload",
      description =
          "Compares both sides first and writes what differs. Approves its deletes, unless the "
              + "source is empty.")
  private boolean reload;

  @Option(
      names = "--strict",
      description =
          "Ends with exit code 1 where history is lost, or where the target has keys but no index.")
  private boolean strict;

  @Option(
      names = "--ttl",
      paramLabel = "POLICY",
      description =
          "Keys with a time to live: follow (the copy goes when the source's key goes) or copy. "
              + "Default: follow.")
  private @Nullable String ttl;

  EtcdmirrorCommand() {}

  @Override
  public Integer call() {
    if (debug) {
      DebugLog.on();
    }
    OldAddress from = address("SRC", source);
    OldAddress to = address("DST", target);
    Settings settings =
        new OldArguments(
                from, to, sourcePrefix, targetPrefix, strip, ignored, port, strict, reload, ttl)
            .settings(System.getenv());
    return mirror(settings, new OldMetrics(to.label(), targetPrefix));
  }

  private static OldAddress address(String place, String text) {
    OldAddress address = OldAddress.parse(place, text);
    if (address.user() != null) {
      log.warn(
          ServiceLogEvent.PASSWORD_VISIBLE.marker(),
          "{}: every user of this machine can read the password of '{}' in the list of processes;"
              + " name a file by ETCD_MIRROR_{}_PASSWORD_FILE, and the user by ETCD_MIRROR_{}_USER",
          place,
          address.user(),
          place.equals("SRC") ? "SOURCE" : "SINK",
          place.equals("SRC") ? "SOURCE" : "SINK");
    }
    return address;
  }

  private int mirror(Settings given, OldMetrics metrics) {
    SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
    List<MirrorListener> listeners = new ArrayList<>(List.of(systemd, metrics));
    Settings settings = given;
    Reload order = reload ? new Reload(given.policies().recovery()) : null;
    if (order != null) {
      listeners.add(order);
      settings = given.withPolicies(given.policies().comparingAtStart(order.policy()));
    }
    Records records = Records.open(LinkFactory.create(settings));
    EtcdMirror mirror = records.mirror(listeners.toArray(MirrorListener[]::new));
    if (order != null) {
      order.orderedOf(mirror);
    }
    StatusServer server =
        ServedMirror.start(
            settings,
            mirror,
            MirrorActions.of(mirror),
            registry -> {
              metrics.bindTo(registry, mirror::status);
              records.bindTo(registry);
            });
    return Lifetime.spend(mirror, Outcome.DONE, systemd, () -> run(mirror, server, order));
  }

  @SuppressWarnings("try") // The watch needs only to be closed.
  private static Outcome run(
      EtcdMirror mirror, @Nullable StatusServer server, @Nullable Reload order) {
    try (ProgressWatch watch = ProgressWatch.forService(mirror)) {
      mirror.run();
      String refusal = order == null ? null : order.refusal();
      return refusal == null
          ? Outcome.DONE
          : Outcome.failed(
              refusal + "; if the source is right, remove the target's keys by hand first");
    } catch (MirrorFailedException e) {
      return outcome(e);
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  private static Outcome outcome(MirrorFailedException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof GapException || cause instanceof SinkNotEmptyException
        ? Outcome.failed(cause.getMessage() + "; start it with --reload to compare both sides")
        : Outcome.failed(failure);
  }
}
