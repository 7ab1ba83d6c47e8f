package org.etcdmirror.service;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Outcome;

/** What 'once' does, without a process of its own and without the end of this one. */
final class InProcess {

  private InProcess() {}

  /** How it would have ended. */
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
