package org.etcdmirror.service.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RunningLinksTest {

  private final RunningLinks links = new RunningLinks();

  @AfterEach
  void close() {
    links.close();
  }

  @Test
  void errorAtTheStartOfALinkIsItsFailureAndNotThatOfTheOthers() {
    RunningLink broken = link("broken", new ThrowingListener());
    links.start(broken);

    links.start(link("other", new MirrorListener() {}));

    assertThat(broken.hasFailed()).isTrue();
    assertThat(broken.cause()).contains("no thread left");
    assertThat(links.describe()).contains("broken FAILED").doesNotContain("other FAILED");
  }

  /** Throws what the JVM throws when the machine has no thread left. */
  private static final class ThrowingListener implements MirrorListener {

    @Override
    public void onState(MirrorState before, MirrorState after) {
      if (after == MirrorState.CONNECTING) {
        throw new OutOfMemoryError("no thread left");
      }
    }
  }

  private static RunningLink link(String name, MirrorListener listener) {
    Link parts =
        new Link(
            TestSettings.of("--source=v2:http://a:1", "--sink=v2:http://b:1", "--prefix=/a"),
            new TinySource(),
            InMemorySink.paths(),
            new InMemoryIndexStore(),
            MirrorScope.of("/conftool"),
            name);
    EtcdMirror mirror =
        EtcdMirror.builder()
            .source(parts.source())
            .sink(parts.sink())
            .indexStore(parts.store())
            .link(name)
            .scope(parts.scope())
            .listener(listener)
            .build();
    return new RunningLink(name, parts.settings(), mirror, Records.open(parts));
  }
}
