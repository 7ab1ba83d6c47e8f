package org.etcdmirror.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EtcdTest
class V3ObserverTest {

  private final V3Http source;
  private final V3Http sink;
  private final V3Observer observer;

  V3ObserverTest(EtcdServer source, EtcdServer sink) {
    this.source = new V3Http(source.clientUrl());
    this.sink = new V3Http(sink.clientUrl());
    this.observer = new V3Observer(source.clientUrl(), sink.clientUrl());
  }

  @AfterEach
  void close() {
    observer.close();
  }

  @Test
  void sidesAreEqualWhateverIsOutsideOfThePrefix() {
    source.put("/data/a", "1");
    sink.put("/data/a", "1");
    sink.put("/other", "2");
    assertThatCode(() -> observer.mustBeEqual(List.of("/data/"))).doesNotThrowAnyException();
  }

  @Test
  void anotherValueIsADifference() {
    source.put("/data/a", "1");
    sink.put("/data/a", "2");
    mustDiffer("/data/a in the source, /data/a in the sink");
  }

  @Test
  void aKeyThatIsLeftInTheSinkIsADifference() {
    source.put("/data/a", "1");
    sink.put("/data/a", "1");
    sink.put("/data/b", "1");
    mustDiffer("one side has more keys");
  }

  private void mustDiffer(String how) {
    assertThatThrownBy(() -> observer.mustBeEqual(List.of("/data/")))
        .isInstanceOf(UnusableException.class)
        .hasMessage("both sides are not equal: " + how);
  }
}
