package org.etcdmirror.soak;

import org.etcdmirror.soak.Fault.End;

/** What happens to the mirror's process. */
final class MirrorFaults {

  private MirrorFaults() {}

  static End kill(Stage stage, Step step) throws Exception {
    stage.mirrors().kill();
    return End.NOTHING;
  }

  static End stop(Stage stage, Step step) throws Exception {
    Mirrors mirrors = stage.mirrors();
    mirrors.freeze(true);
    return () -> mirrors.freeze(false);
  }

  static End second(Stage stage, Step step) throws Exception {
    Mirrors mirrors = stage.mirrors();
    mirrors.startSecond();
    return mirrors::killSecond;
  }
}
