package org.etcdmirror.spring;

import org.etcdmirror.core.MirrorListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** Ends the application when its link has failed. */
final class FailFastListener implements MirrorListener {

  private static final Logger log = LoggerFactory.getLogger(FailFastListener.class);

  private final String link;
  private final ConfigurableApplicationContext application;

  FailFastListener(String link, ConfigurableApplicationContext application) {
    this.link = link;
    this.application = application;
  }

  @Override
  public void onFailed(Throwable failure) {
    log.error(
        StarterLogEvent.APPLICATION_ENDS.marker(),
        "link '{}' failed, and {} is true: the application ends",
        link,
        EtcdMirrorProperties.nameOf(link, "fail-fast"));
    // Not here: the end of the application waits for the mirror, whose thread this is.
    new Thread(application::close, "etcd-mirror-fail-fast").start();
  }
}
