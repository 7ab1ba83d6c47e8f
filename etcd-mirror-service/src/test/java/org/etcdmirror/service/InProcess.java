package org.etcdmirror.service;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;

/** Runs the command 'once' in this JVM, without a process of its own. */
final class InProcess {

  private InProcess() {}

  /** Returns the outcome with which the process would have ended. */
  static Outcome once(String source, String sink, String prefix, Object... more) {
    List<String> args =
        new ArrayList<>(List.of("--source", source, "--sink", sink, "--prefix", prefix));
    for (Object argument : more) {
      args.add(argument.toString());
    }
    Settings settings = TestSettings.of(args.toArray(String[]::new));
    try (EtcdMirror mirror = LinkFactory.create(settings).mirror()) {
      mirror.syncOnce();
      return Outcome.DONE;
    } catch (InterruptedException | RuntimeException e) {
      return Outcome.failed(e);
    }
  }
}
