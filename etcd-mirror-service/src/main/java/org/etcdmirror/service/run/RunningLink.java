package org.etcdmirror.service.run;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.Standby;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.StandbyOption;
import org.etcdmirror.service.config.UsageException;

/**
 * A link that a process runs.
 *
 * @param name its name
 * @param settings its options
 * @param mirror its mirror, which runs once
 * @param records what is written down about it
 */
public record RunningLink(String name, Settings settings, EtcdMirror mirror, Records records) {

  /**
   * Makes a link. Nothing is connected yet.
   *
   * @throws UsageException if the settings do not fit each other; it names the link
   */
  static RunningLink create(Settings settings, MirrorListener listener) {
    try {
      LinkFactory.requireLiveSource(settings);
      Link link = LinkFactory.create(settings);
      try {
        Standby standby = StandbyOption.parse(settings.values());
        Records records = Records.open(link);
        return new RunningLink(link.name(), settings, records.member(standby, listener), records);
      } catch (RuntimeException e) {
        link.close();
        throw e;
      }
    } catch (UsageException e) {
      throw LinkList.inLink(settings, e);
    }
  }

  boolean hasFailed() {
    return mirror.status().state() == MirrorState.FAILED;
  }

  /** Returns what ended it, for a person. */
  String cause() {
    return mirror.failure().map(Outcome::causeOf).orElse("it was closed");
  }
}
