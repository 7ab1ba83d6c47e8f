package org.etcdmirror.service.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DrainTest {

  @Test
  void drainIsRefusedUntilTheSinkIsLevel() throws Exception {
    try (EtcdMirror mirror = mirror(new TinySource())) {
      Drain drain = new Drain(mirror);
      assertThat(drain.asked().code()).isEqualTo(409);
      mirror.start();
      drain.awaitLevel();

      assertThat(drain.asked().code()).isEqualTo(200);

      drain.awaitAsked();
    }
  }

  @Test
  void awaitLevelThrowsTheFailureOfTheMirror() {
    try (EtcdMirror mirror = mirror(new Denied())) {
      mirror.start();

      assertThatThrownBy(new Drain(mirror)::awaitLevel)
          .isInstanceOf(ServiceException.class)
          .hasMessage("source: reading is forbidden");
    }
  }

  @Test
  void awaitAskedIsCancelledWhenTheMirrorIsClosed() {
    EtcdMirror mirror = mirror(new TinySource());
    mirror.close();

    assertThatThrownBy(new Drain(mirror)::awaitAsked).isInstanceOf(CancellationException.class);
  }

  private static EtcdMirror mirror(EventSource source) {
    return EtcdMirror.builder()
        .source(source)
        .sink(InMemorySink.paths())
        .indexStore(new InMemoryIndexStore())
        .scope(MirrorScope.of("/conftool"))
        .build();
  }

  private static final class Denied extends TinySource {

    @Override
    public SourceHead head(Selection selection) {
      throw new PermanentException("reading is forbidden");
    }
  }
}
